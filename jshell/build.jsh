// Build the model and follow one picture through it: pixels, features, tokens, and where the queries look.
//   jshell/vitune build [MODEL-FOLDER]        default data/tiny
var model = VisionLanguageModel.load(Options.of(args, "MODEL-FOLDER").path("MODEL-FOLDER", "data/tiny"));
System.out.println(model.summary().print());
var picture = ClipArt.draw(ClipArt.sample(21, Pairs.TUNING));
var pixels = model.processor().stack(List.of(model.processor().pixels(picture)), model.manager());
var features = model.visionFeatures(pixels);
var tokens = model.project(features);
System.out.println("pixels   " + pixels.getShape() + "  [B, 3, S, S]\nfeatures " + features.getShape() + "  [B, P+1, Dv]\ntokens   " + tokens.getShape() + "  [B, Q, D]");
System.out.println(AttentionMap.of(picture, model.attention(picture)).save(Path.of("runs/attention.png")));
model.close();
