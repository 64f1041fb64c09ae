// Chat about a picture.
//   jshell/vitune chat [MODEL-FOLDER [PICTURE [QUESTION ...]]]        default runs/tuned, a drawn scene, and what you type
var model = VisionLanguageModel.load(Path.of(args.length > 0 ? args[0] : "runs/tuned"));
var scene = ClipArt.sample(21, Pairs.TUNING);
var chat = args.length > 1 ? model.chat(Path.of(args[1])) : model.chat(ClipArt.draw(scene));
if (args.length < 2) System.out.println("The picture: " + scene.captions().get(0));
for (int i = 2; i < args.length; i++) System.out.println(args[i] + "\n  " + chat.ask(args[i]));
void talk(Chat chat) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in));
    System.out.print("you: ");
    for (String line = in.readLine(); line != null && !line.isBlank(); line = in.readLine()) System.out.print("model: " + chat.ask(line) + "\nyou: ");
}
if (args.length < 3) talk(chat);
model.close();
