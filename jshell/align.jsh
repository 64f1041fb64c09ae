// Stage 1: train the connector on captions; vision encoder and language model stay as they are.
//   jshell/vitune align [MODEL-FOLDER [COCO-FOLDER [OUT]]]        default data/tiny, drawn scenes, runs/aligned
Path folder = args.length > 1 ? Path.of(args[1]) : ClipArt.draw(Path.of("runs/scenes"), 1000, 7, Pairs.TUNING);
Path out = Path.of(args.length > 2 ? args[2] : "runs/aligned");
var model = VisionLanguageModel.load(Path.of(args.length > 0 ? args[0] : "data/tiny"));
var run = new Tuner(model, Path.of("runs/scripts")).onStep(LiveLoss.of("align")).run(Stage.align().tiny(), InstructionSet.ofCaptions(Coco.read(folder), 7));
System.out.println(run);
System.out.println(LossChart.of(run).save(Path.of("runs/align.png")));
model.save(out);
model.close();
