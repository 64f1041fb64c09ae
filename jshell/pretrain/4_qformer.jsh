// Pretraining, 4 of 5: the Q-Former, on the features of the vision encoder, which stays as it is.
//   jshell/vitune pretrain/4_qformer.jsh [FOLDER] [STEPS]        default runs/pretrain, 900 steps of 64 fresh pictures
// Twelve queries learn to tell of one kind of thing each, and the last of the weather: how many, which colour, and where one
// alone stands. Heads that are thrown away afterwards ask them; no text and no question is involved.
//   loss = 4 CE(count 0..4) + CE(colour) + 0.5 (CE(row) + CE(column)) + 4 MSE(place) + 0.1 CE(weather)
// Differs: from BLIP-2, whose Q-Former is pretrained with captions (contrastive, matching, captioning).

Path folder = Path.of(args.length > 0 ? args[0] : "runs/pretrain");
int steps = args.length > 1 ? Integer.parseInt(args[1]) : 900;
int KINDS = 12;

/** Pictures with what each query is to say: -100 where there is nothing to say. */
record Told(List<float[]> pixels, long[] count, long[] colour, long[] row, long[] column, float[] place, float[] single, long[] weather) {}

Told told(long step, int size, Pairs pairs, ImageProcessor processor) {
    int n = size * KINDS;
    Told told = new Told(new ArrayList<>(), new long[n], new long[n], new long[n], new long[n], new float[2 * n], new float[n], new long[size]);
    for (long[] labels : List.of(told.colour(), told.row(), told.column())) Arrays.fill(labels, -100);
    for (int i = 0; i < size; i++) {
        Scene scene = ClipArt.sample(-(step * 1000 + i), pairs);
        told.pixels().add(processor.pixels(ClipArt.draw(scene)));
        told.weather()[i] = scene.weather().ordinal();
        for (Scene.Group group : scene.groups()) {
            int at = i * KINDS + group.kind().ordinal();
            told.count()[at] = group.count();
            told.colour()[at] = group.colour().ordinal();
            if (group.count() > 1) continue;
            Box box = group.things().get(0).box();
            told.row()[at] = (int) (box.centreY() / 24);
            told.column()[at] = (int) (box.centreX() / 24);
            told.place()[2 * at] = (float) box.centreX() / 48 - 1;
            told.place()[2 * at + 1] = (float) box.centreY() / 48 - 1;
            told.single()[at] = 1;
        }
    }
    return told;
}

NDArray random(NDManager manager, Random r, double std, long... shape) {
    float[] values = new float[(int) new ai.djl.ndarray.types.Shape(shape).size()];
    for (int i = 0; i < values.length; i++) values[i] = (float) (r.nextGaussian() * std);
    return manager.create(values, new ai.djl.ndarray.types.Shape(shape));
}

/** Matrices by the size of their input; queries far apart. The projection keeps its first weights for stage 1. */
void begin(Parameters qformer, NDManager manager, Random r) {
    qformer.asMap().forEach((name, array) -> {
        ai.djl.ndarray.types.Shape shape = array.getShape();
        if (shape.dimension() < 2) return;
        double std = name.equals("query_tokens") ? 1 : Math.sqrt(1.0 / (3 * shape.get(1)));
        try (NDArray values = random(manager, r, std, shape.getShape())) { InPlace.assign(array, values); }
    });
}

Parameters heads(NDManager manager, int width, Random r) {
    Parameters heads = new Parameters("heads");
    Map.of("count", 5, "colour", 6, "row", 4, "column", 4, "place", 2, "weather", 4).entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(head -> {
        heads.put(head.getKey() + ".weight", random(manager, r, 0.05, head.getValue(), width));
        heads.put(head.getKey() + ".bias", manager.zeros(new ai.djl.ndarray.types.Shape(head.getValue())));
    });
    return heads;
}

NDArray head(Parameters heads, String name, NDArray x) {
    return Kernels.linear(x, heads.require(name + ".weight"), heads.require(name + ".bias"));
}

NDArray mean(NDArray logits, long[] labels, NDManager manager) {
    long known = Arrays.stream(labels).filter(label -> label >= 0).count();
    NDArray rows = logits.reshape(labels.length, logits.size() / labels.length);
    return Kernels.scale(Kernels.crossEntropySum(rows, manager.create(labels)), 1.0 / Math.max(1, known));
}

NDArray loss(NDArray queries, Told told, Parameters heads, NDManager manager) {
    NDArray kinds = queries.get(":, :12"), last = queries.get(":, 12");
    NDArray off = head(heads, "place", kinds).reshape(-1, 2).sub(manager.create(told.place(), new ai.djl.ndarray.types.Shape(told.single().length, 2)))
            .mul(manager.create(told.single(), new ai.djl.ndarray.types.Shape(told.single().length, 1)));
    double singles = 0;
    for (float single : told.single()) singles += single;
    return Kernels.scale(mean(head(heads, "count", kinds), told.count(), manager), 4)
            .add(mean(head(heads, "colour", kinds), told.colour(), manager))
            .add(Kernels.scale(mean(head(heads, "row", kinds), told.row(), manager).add(mean(head(heads, "column", kinds), told.column(), manager)), 0.5))
            .add(Kernels.scale(off.mul(off).sum(), 4 / (2 * singles)))
            .add(Kernels.scale(mean(head(heads, "weather", last), told.weather(), manager), 0.1));
}

double share(NDArray logits, long[] labels, java.util.function.LongPredicate counted) {
    long[] said = Kernels.argmax(logits.reshape(labels.length, logits.size() / labels.length)).toLongArray();
    int right = 0, all = 0;
    for (int i = 0; i < labels.length; i++) if (counted.test(labels[i])) { all++; if (said[i] == labels[i]) right++; }
    return Math.round(1000.0 * right / all) / 1000.0;
}

/** The hidden states of the queries, before the projection. */
NDArray queries(VisionLanguageModel model, NDArray features) {
    return ((QFormer) model.connector()).queries(features);
}

NDArray see(VisionLanguageModel model, List<float[]> pixels) {
    return Gradients.off(() -> model.visionFeatures(model.processor().stack(pixels, model.manager())));
}

/** What the queries get right on 512 scenes that were never drawn before, each with a held-out pair. */
Map<String, Double> examine(VisionLanguageModel model, Parameters heads) {
    Told told = told(9_000_000, 512, Pairs.HELD_OUT, model.processor());
    try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        return Gradients.off(() -> {
            NDArray queries = queries(model, see(model, told.pixels())), kinds = queries.get(":, :12");
            Map<String, Double> shares = new TreeMap<>();
            shares.put("count", share(head(heads, "count", kinds), told.count(), label -> label > 0));
            shares.put("absent", share(head(heads, "count", kinds), told.count(), label -> label == 0));
            shares.put("colour", share(head(heads, "colour", kinds), told.colour(), label -> label >= 0));
            shares.put("row", share(head(heads, "row", kinds), told.row(), label -> label >= 0));
            shares.put("column", share(head(heads, "column", kinds), told.column(), label -> label >= 0));
            shares.put("weather", share(head(heads, "weather", queries.get(":, 12")), told.weather(), label -> true));
            return shares;
        });
    }
}

void train(VisionLanguageModel model, int steps) {
    NDManager manager = model.manager();
    Random r = new Random(4);
    Parameters qformer = model.parameters().select(name -> Part.of(name) == Part.CONNECTOR && !name.startsWith("language_projection"));
    begin(qformer, manager, r);
    Parameters heads = heads(manager, 128, r), trained = new Parameters("Q-Former and heads");
    Stream.of(qformer, heads).forEach(part -> part.asMap().forEach((name, array) -> trained.put(name, array)));
    trained.train(name -> true);
    Schedule schedule = new Schedule(1e-3, steps, steps / 20);
    long began = System.nanoTime();
    var next = CompletableFuture.supplyAsync(() -> told(1_000_001, 64, Pairs.ANY, model.processor()));
    try (AdamW optimizer = new AdamW(trained, 0.98, 0.05, 1, manager)) {
        for (int i = 0; i < steps; i++) {
            Told told = next.join();
            long after = 1_000_002 + i;
            next = CompletableFuture.supplyAsync(() -> told(after, 64, Pairs.ANY, model.processor()));
            float value;
            try (NDScope scope = new NDScope(); Gradients gradients = Gradients.record()) {
                scope.suppressNotUsedWarning();
                NDArray loss = loss(queries(model, see(model, told.pixels())), told, heads, manager);
                gradients.backward(loss);
                optimizer.step(schedule.learningRate(i));
                value = loss.getFloat();
            }
            if (i % 200 == 199) System.out.printf("step %d, %.0f s, loss %.3f, %s%n", i + 1, (System.nanoTime() - began) / 1e9, value, examine(model, heads));
        }
    }
    trained.train(name -> false);
    System.out.println("after " + steps + " steps: " + examine(model, heads));
    Safetensors.write(folder.resolve("qformer.safetensors"), qformer.asMap(), Map.of());
}

var model = VisionLanguageModel.load(folder);
Parameters stored = Parameters.read(folder.resolve("vision.safetensors"), model.manager());
stored.asMap().forEach((name, array) -> InPlace.assign(model.parameters().require(name), array));
train(model, steps);
