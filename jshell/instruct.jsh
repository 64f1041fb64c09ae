// Stage 2: train connector and language model on instructions.
//   jshell/vitune instruct [MODEL-FOLDER [DATA.json IMAGE-FOLDER [OUT]]]        default: what align.jsh and generate.jsh wrote, runs/tuned
Path json = Path.of(args.length > 1 ? args[1] : "runs/generated.json");
Path images = Path.of(args.length > 2 ? args[2] : "runs/scenes");
Path out = Path.of(args.length > 3 ? args[3] : "runs/tuned");
var model = VisionLanguageModel.load(Path.of(args.length > 0 ? args[0] : "runs/aligned"));
var run = new Tuner(model, Path.of("runs/scripts")).onStep(LiveLoss.of("instruct")).run(Stage.instruct().tiny(), LlavaJson.read(json, images));
System.out.println(run);
System.out.println(LossChart.of(run).save(Path.of("runs/instruct.png")));
model.save(out);
model.close();
