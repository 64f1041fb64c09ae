// Pretraining, 3 of 5: the vision encoder, on pictures alone.
//   jshell/vitune pretrain/3_vision.jsh [FOLDER] [STEPS]        default runs/pretrain, 2400 steps of 64 fresh pictures
// Heads that are thrown away afterwards ask each patch what it shows, in which colour, and where it lies, and the class token
// how many there are of each kind, and the weather: supervision by the boxes of drawn scenes, in place of the 400 million
// captions of CLIP. Like CLIP, it sees things in every colour; only the tuning has held-out pairs.
//   loss = 2 CE(kind of patch) + CE(colour of patch) + 2 CE(count by kind) + 0.2 CE(weather) + 2 MSE(place of patch)

Path folder = Path.of(args.length > 0 ? args[0] : "runs/pretrain");
int steps = args.length > 1 ? Integer.parseInt(args[1]) : 2400;
int SIDE = 8, PATCH = 12, KINDS = 12, NOTHING = 12;

/** Pictures with what the heads are to say about them. */
record Look(List<float[]> pixels, long[] kind, long[] colour, long[] count, long[] weather) {}

/** Draws the pictures of a step; the same step gives the same pictures. A patch shows a thing that covers a quarter of it. */
Look look(long step, int size, Pairs pairs, ImageProcessor processor) {
    List<float[]> pixels = new ArrayList<>();
    long[] kind = new long[size * SIDE * SIDE], colour = new long[kind.length], count = new long[size * KINDS], weather = new long[size];
    Arrays.fill(kind, NOTHING);
    Arrays.fill(colour, -100);
    for (int i = 0; i < size; i++) {
        Scene scene = ClipArt.sample(-(step * 1000 + i), pairs);
        pixels.add(processor.pixels(ClipArt.draw(scene)));
        weather[i] = scene.weather().ordinal();
        for (Scene.Group group : scene.groups()) {
            count[i * KINDS + group.kind().ordinal()] = group.count();
            for (Scene.Thing thing : group.things()) mark(thing.box(), group, i * SIDE * SIDE, kind, colour);
        }
    }
    return new Look(pixels, kind, colour, count, weather);
}

void mark(Box box, Scene.Group group, int at, long[] kind, long[] colour) {
    for (int row = 0; row < SIDE; row++) {
        for (int column = 0; column < SIDE; column++) {
            double wide = Math.min(box.x() + box.width(), (column + 1) * PATCH) - Math.max(box.x(), column * PATCH);
            double high = Math.min(box.y() + box.height(), (row + 1) * PATCH) - Math.max(box.y(), row * PATCH);
            if (wide > 0 && high > 0 && wide * high >= PATCH * PATCH / 4) {
                kind[at + row * SIDE + column] = group.kind().ordinal();
                colour[at + row * SIDE + column] = group.colour().ordinal();
            }
        }
    }
}

NDArray random(NDManager manager, Random r, double std, long... shape) {
    float[] values = new float[(int) new ai.djl.ndarray.types.Shape(shape).size()];
    for (int i = 0; i < values.length; i++) values[i] = (float) (r.nextGaussian() * std);
    return manager.create(values, new ai.djl.ndarray.types.Shape(shape));
}

/** Matrices by the size of their input; positions as sine and cosine of row and column, as MAE's encoder has them. */
void begin(Parameters vision, NDManager manager, Random r) {
    vision.asMap().forEach((name, array) -> {
        ai.djl.ndarray.types.Shape shape = array.getShape();
        if (shape.dimension() < 2 || name.contains("class_embedding")) return;
        try (NDArray values = name.contains("position") ? places(manager, shape) : random(manager, r, Math.sqrt(1.0 / (3 * shape.size() / shape.get(0))), shape.getShape())) {
            InPlace.assign(array, values);
        }
    });
}

NDArray places(NDManager manager, ai.djl.ndarray.types.Shape shape) {
    int width = (int) shape.get(2), quarter = width / 4;
    float[] values = new float[(int) shape.size()];
    for (int p = 1; p < shape.get(1); p++) {
        for (int j = 0; j < quarter; j++) {
            double wave = Math.PI / 2 * Math.exp(-Math.log(16) * j / quarter);
            double[] angles = {(p - 1) / SIDE * wave, (p - 1) % SIDE * wave};
            for (int axis = 0; axis < 2; axis++) {
                values[p * width + (2 * axis) * quarter + j] = (float) (0.5 * Math.sin(angles[axis]));
                values[p * width + (2 * axis + 1) * quarter + j] = (float) (0.5 * Math.cos(angles[axis]));
            }
        }
    }
    return manager.create(values, shape);
}

/** The heads, thrown away afterwards. */
Parameters heads(NDManager manager, int width, Random r) {
    Parameters heads = new Parameters("heads");
    Map.of("kind", 13, "colour", 6, "count", 5 * KINDS, "weather", 4, "place", 2).entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(head -> {
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

NDArray loss(NDArray seen, Look look, Parameters heads, NDArray place, NDManager manager) {
    NDArray patches = seen.get(":, 1:"), whole = seen.get(":, 0");
    NDArray where = head(heads, "place", patches).sub(place);
    return Kernels.scale(mean(head(heads, "kind", patches), look.kind(), manager), 2)
            .add(mean(head(heads, "colour", patches), look.colour(), manager))
            .add(Kernels.scale(mean(head(heads, "count", whole), look.count(), manager), 2))
            .add(Kernels.scale(mean(head(heads, "weather", whole), look.weather(), manager), 0.2))
            .add(Kernels.scale(where.mul(where).mean(), 2));
}

/** Where each patch lies, column and row in -1..1. */
NDArray grid(NDManager manager) {
    float[] xy = new float[SIDE * SIDE * 2];
    for (int p = 0; p < SIDE * SIDE; p++) { xy[2 * p] = p % SIDE / 3.5f - 1; xy[2 * p + 1] = p / SIDE / 3.5f - 1; }
    return manager.create(xy, new ai.djl.ndarray.types.Shape(1, SIDE * SIDE, 2));
}

double share(NDArray logits, long[] labels, java.util.function.LongPredicate counted) {
    long[] said = Kernels.argmax(logits.reshape(labels.length, logits.size() / labels.length)).toLongArray();
    int right = 0, all = 0;
    for (int i = 0; i < labels.length; i++) if (counted.test(labels[i])) { all++; if (said[i] == labels[i]) right++; }
    return Math.round(1000.0 * right / all) / 1000.0;
}

/** What the heads get right on 512 scenes that were never drawn before, each with a held-out pair. */
Map<String, Double> examine(VisionLanguageModel model, Parameters heads) {
    Look look = look(9_000_000, 512, Pairs.HELD_OUT, model.processor());
    try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        return Gradients.off(() -> {
            NDArray seen = model.visionFeatures(model.processor().stack(look.pixels(), model.manager())), patches = seen.get(":, 1:"), whole = seen.get(":, 0");
            Map<String, Double> shares = new TreeMap<>();
            shares.put("kind", share(head(heads, "kind", patches), look.kind(), label -> label != NOTHING));
            shares.put("background", share(head(heads, "kind", patches), look.kind(), label -> label == NOTHING));
            shares.put("colour", share(head(heads, "colour", patches), look.colour(), label -> label >= 0));
            shares.put("count", share(head(heads, "count", whole), look.count(), label -> label > 0));
            shares.put("weather", share(head(heads, "weather", whole), look.weather(), label -> true));
            return shares;
        });
    }
}

void train(VisionLanguageModel model, int steps) {
    NDManager manager = model.manager();
    Random r = new Random(3);
    Parameters vision = model.parameters().select(name -> Part.of(name) == Part.VISION);
    begin(vision, manager, r);
    Parameters heads = heads(manager, model.config().vision().width(), r), trained = new Parameters("vision and heads");
    Stream.of(vision, heads).forEach(part -> part.asMap().forEach((name, array) -> trained.put(name, array)));
    trained.train(name -> true);
    NDArray place = grid(manager);
    Schedule schedule = new Schedule(1e-3, steps, steps / 30);
    long began = System.nanoTime();
    var next = CompletableFuture.supplyAsync(() -> look(1, 64, Pairs.ANY, model.processor()));
    try (AdamW optimizer = new AdamW(trained, 0.98, 0.05, 1, manager)) {
        for (int i = 0; i < steps; i++) {
            Look look = next.join();
            long after = i + 2;
            next = CompletableFuture.supplyAsync(() -> look(after, 64, Pairs.ANY, model.processor()));
            float value;
            try (NDScope scope = new NDScope(); Gradients gradients = Gradients.record()) {
                scope.suppressNotUsedWarning();
                NDArray loss = loss(model.visionFeatures(model.processor().stack(look.pixels(), manager)), look, heads, place, manager);
                gradients.backward(loss);
                optimizer.step(schedule.learningRate(i));
                value = loss.getFloat();
            }
            if (i % 200 == 199) System.out.printf("step %d, %.0f s, loss %.3f, %s%n", i + 1, (System.nanoTime() - began) / 1e9, value, examine(model, heads));
        }
    }
    trained.train(name -> false);
    System.out.println("after " + steps + " steps: " + examine(model, heads));
    Safetensors.write(folder.resolve("vision.safetensors"), vision.asMap(), Map.of());
}

var model = VisionLanguageModel.load(folder);
train(model, steps);
