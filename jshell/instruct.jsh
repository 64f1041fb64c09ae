// Stage 2: train connector and language model on instructions.
//   jshell/vitune instruct [MODEL-FOLDER [DATA.json IMAGE-FOLDER [OUT]]]        default: what align.jsh and generate.jsh wrote, runs/tuned
var options = Options.of(args, "MODEL-FOLDER DATA.json IMAGE-FOLDER OUT");
Path json = options.path("DATA.json", "runs/generated.json");
Path images = options.path("IMAGE-FOLDER", "runs/scenes");
Path out = options.path("OUT", "runs/tuned");
VisionLanguageModel.requireSavable(out);
var model = VisionLanguageModel.load(options.path("MODEL-FOLDER", "runs/aligned"));
var run = new Tuner(model, Path.of("runs/scripts")).onStep(LiveLoss.of("instruct")).run(Stage.instruct().tiny(), LlavaJson.read(json, images));
System.out.println(run);
System.out.println(LossChart.of(run).save(Path.of("runs/instruct.png")));
model.save(out);
model.close();
