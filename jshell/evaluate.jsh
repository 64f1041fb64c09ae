// Measure a model on held-out pairs and wordings, beside the blind control.
//   jshell/vitune evaluate [MODEL-FOLDER [QUESTIONS-OF-EACH-KIND]]        default runs/tuned, 60
var options = Options.of(args, "MODEL-FOLDER QUESTIONS-OF-EACH-KIND");
int perKind = options.number("QUESTIONS-OF-EACH-KIND", 60, 1, 100_000);
var model = VisionLanguageModel.load(options.path("MODEL-FOLDER", "runs/tuned"));
var scenes = Coco.read(ClipArt.draw(Path.of("runs/heldout"), perKind * 8, 8, Pairs.HELD_OUT));
var questions = Questions.heldOut(scenes, perKind, 7);
Map<String, Evaluation> stages = new LinkedHashMap<>();
stages.put("model", Evaluation.of(model, questions));
stages.put("blind", Evaluation.blind(model, questions, 7));
System.out.println(Evaluation.compare(stages).print());
System.out.println(AccuracyChart.of(stages).save(Path.of("runs/accuracy.png")));
model.close();
