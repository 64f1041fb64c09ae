// Chat about a picture.
//   jshell/vitune chat [--model FOLDER_OR_ID] [--image FILE] [QUESTION ...]
// default: runs/tuned, a drawn scene, and what you type. An id such as llava-hf/llava-1.5-7b-hf comes from the Hugging Face
// cache, or is downloaded into it (HF_HOME, HF_TOKEN and HF_HUB_OFFLINE as elsewhere).
String name = "runs/tuned";
Path image = null;
List<String> questions = new ArrayList<>();
for (int i = 0; i < args.length; i++) {
    boolean option = args[i].startsWith("--");
    if (option && (i + 1 == args.length || !List.of("--model", "--image").contains(args[i]))) throw new IllegalArgumentException("expected --model FOLDER_OR_ID or --image FILE, got " + args[i]);
    if (args[i].equals("--model")) name = args[++i];
    else if (args[i].equals("--image")) image = Path.of(args[++i]);
    else questions.add(args[i]);
}

/** The folder of a name, with a bar for what has to be downloaded. */
Path folder(String name) {
    try (var progress = Progress.of("MB", 0)) {
        return Hub.ofEnvironment().onProgress(d -> progress.at(d.bytes() >> 20, d.total() >> 20)).folder(name);
    }
}

var model = VisionLanguageModel.load(folder(name));
var scene = ClipArt.sample(21, Pairs.TUNING);
var chat = image != null ? model.chat(image) : model.chat(ClipArt.draw(scene));
if (image == null) System.out.println("The picture: " + scene.captions().get(0));

/** Asks, and prints the answer as it is written. */
void ask(String question) {
    chat.ask(question, System.out::print);
    System.out.println();
}
for (String question : questions) {
    System.out.print(question + "\n  ");
    ask(question);
}
void talk() throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in));
    System.out.print("you: ");
    for (String line = in.readLine(); line != null && !line.isBlank(); line = in.readLine()) {
        System.out.print("model: ");
        ask(line);
        System.out.print("you: ");
    }
}
if (questions.isEmpty()) talk();
model.close();
