// Stage 1: train the connector on captions; vision encoder and language model stay as they are.
//   jshell/vitune align [MODEL-FOLDER [COCO-FOLDER [OUT]]]        default data/tiny, drawn scenes, runs/aligned
var options = Options.of(args, "MODEL-FOLDER COCO-FOLDER OUT");
Path out = options.path("OUT", "runs/aligned");
VisionLanguageModel.requireSavable(out);
Path folder = options.has("COCO-FOLDER") ? options.path("COCO-FOLDER") : ClipArt.draw(Path.of("runs/scenes"), 1000, 7, Pairs.TUNING);
var model = VisionLanguageModel.load(options.path("MODEL-FOLDER", "data/tiny"));
var run = new Tuner(model, Path.of("runs/scripts")).onStep(LiveLoss.of("align")).run(Stage.align().tiny(), InstructionSet.ofCaptions(Coco.read(folder), 7));
System.out.println(run);
System.out.println(LossChart.of(run).save(Path.of("runs/align.png")));
model.save(out);
model.close();
