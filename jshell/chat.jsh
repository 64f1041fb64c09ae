// Chat about a picture.
//   jshell/vitune chat [--model FOLDER_OR_ID] [--image FILE] [QUESTION ...]
// default: runs/tuned, a drawn scene, and what you type. An id such as llava-hf/llava-1.5-7b-hf comes from the Hugging Face
// cache, or is downloaded into it (HF_HOME, HF_TOKEN and HF_HUB_OFFLINE as elsewhere).
var options = Options.of(args, "QUESTION... --model FOLDER_OR_ID --image FILE");
List<String> questions = options.rest();

/** The folder of a name, with a bar for what has to be downloaded. */
Path folder(String name) {
    try (var progress = Progress.of("MB", 0)) {
        return Hub.ofEnvironment().onProgress(d -> progress.at(d.bytes() >> 20, d.total() >> 20)).folder(name);
    }
}

Path tuned = Path.of("runs/tuned");
if (!options.has("--model") && !Files.exists(tuned)) {
    throw new IllegalArgumentException("no folder " + tuned + " here: make it with jshell/vitune generate, align, instruct, or name a --model FOLDER_OR_ID");
}
var model = VisionLanguageModel.load(options.has("--model") ? folder(options.text("--model", "")) : tuned);
var scene = ClipArt.sample(21, Pairs.TUNING);
var chat = options.has("--image") ? model.chat(options.path("--image")) : model.chat(ClipArt.draw(scene));
if (!options.has("--image")) System.out.println("The picture: " + scene.captions().get(0));

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
