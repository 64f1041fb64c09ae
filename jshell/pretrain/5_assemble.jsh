// Pretraining, 5 of 5: the three parts become one Hugging Face folder. They meet for the first time.
//   jshell/vitune pretrain/5_assemble.jsh [FOLDER] [OUT]        default runs/pretrain, data/tiny

Path folder = Path.of(args.length > 0 ? args[0] : "runs/pretrain");
Path out = Path.of(args.length > 1 ? args[1] : "data/tiny");

var model = VisionLanguageModel.load(folder);
for (String part : List.of("language", "vision", "qformer")) {
    Parameters stored = Parameters.read(folder.resolve(part + ".safetensors"), model.manager());
    stored.asMap().forEach((name, array) -> InPlace.assign(model.parameters().require(name), array));
}
// The projection knows nothing yet: its weights are drawn so that what it gives is about as large as a word's embedding.
float[] values = new float[128 * 128];
Random r = new Random(5);
for (int i = 0; i < values.length; i++) values[i] = (float) (r.nextGaussian() * 0.044);
InPlace.assign(model.parameters().require("language_projection.weight"), model.manager().create(values, new ai.djl.ndarray.types.Shape(128, 128)));
model.save(out);
System.out.println(model.summary().print());
