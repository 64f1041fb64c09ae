// Measure a model on held-out pairs and wordings, beside the blind control.
//   jshell/vitune evaluate [MODEL-FOLDER [QUESTIONS-OF-EACH-KIND]]        default runs/tuned, 60
var model = VisionLanguageModel.load(Path.of(args.length > 0 ? args[0] : "runs/tuned"));
int perKind = args.length > 1 ? Integer.parseInt(args[1]) : 60;
var scenes = Coco.read(ClipArt.draw(Path.of("runs/heldout"), perKind * 8, 8, Pairs.HELD_OUT));
var questions = Questions.heldOut(scenes, perKind, 7);
Map<String, Evaluation> stages = new LinkedHashMap<>();
stages.put("model", Evaluation.of(model, questions));
stages.put("blind", Evaluation.blind(model, questions, 7));
System.out.println(Evaluation.compare(stages).print());
System.out.println(AccuracyChart.of(stages).save(Path.of("runs/accuracy.png")));
model.close();
