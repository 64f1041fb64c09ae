// Pretraining, 2 of 5: the language model, on text alone.
//   jshell/vitune pretrain/2_language.jsh [FOLDER] [STEPS]        default runs/pretrain, 2600 steps, and 3/13 as many in part 3
// It reads scenes described in words and answers questions about them; it never meets a picture. A scene of the text never
// holds a held-out pair of thing and colour. The loss is the mean over answers + 0.2 x the mean over all other tokens.
//
// From plain random weights a model of this size stays for a long time where it guesses (colour 0.8, presence 0.6), because
// nothing yet matches the asked noun with the described one. So its weights start structured: positions in the first 48
// dimensions and words in the others; heads of the first layer look one to four tokens back; later heads match equal words.
//
// Three parts. EASY: single things, questions that end with the noun, 500 steps. PLACES: half of the scenes hold single
// things only and two questions in three ask where, or relations stay at .85 to .95; once they are learned they stay.
// NUMBERS: fewer such scenes, and all numbers equally often, or four is taken for three; numbers are asked for in more
// ways, or "how many ... do you see?" is taken for "what do you see?". What PLACES gave is kept in places.safetensors, and
// not learned again.

Path folder = Path.of(args.length > 0 ? args[0] : "runs/pretrain");
int steps = args.length > 1 ? Integer.parseInt(args[1]) : 2600;
int easySteps = Math.min(500, steps / 4);

// ---- the text -------------------------------------------------------------------------------------------------------

/** A thing of the text: kind, colour, how many, and (for one alone) its cell in a grid of 4 x 4. */
record Told(Scene.Kind kind, Scene.Colour colour, int count, int x, int y) {
    String noun() { return count == 1 ? kind.label() : kind.plural(); }
    String number() { return List.of("one", "two", "three", "four").get(count - 1); }
    String place() { return List.of("top", "upper", "lower", "bottom").get(y) + " " + List.of("leftmost", "left", "right", "rightmost").get(x); }
    String thing(Random r) { return (count > 1 || r.nextInt(5) < 2 ? number() : colour == Scene.Colour.ORANGE ? "an" : "a") + " " + colour.label() + " " + noun(); }

    /** Where this is, seen from the other; null where no direction dominates. */
    String relation(Told other) {
        int dx = x - other.x, dy = y - other.y;
        if (Math.abs(dx) >= 1.8 * Math.abs(dy)) return dx < 0 ? "left" : "right";
        return Math.abs(dy) >= 1.8 * Math.abs(dx) ? dy < 0 ? "above" : "below" : null;
    }
}

/** Fills one row, and ignores what does not fit. */
class Writer {
    final VisionLanguageModel model; final long[] ids, labels; final String[] kinds; final int length; int at;
    static final Map<String, long[]> PIECES = new HashMap<>();
    Writer(VisionLanguageModel model, long[] ids, long[] labels, String[] kinds, int length) { this.model = model; this.ids = ids; this.labels = labels; this.kinds = kinds; this.length = length; }
    void add(long id, String kind) {
        if (at == length) return;
        labels[at] = kind == null ? -100 : id;
        kinds[at] = kind;
        ids[at++] = id;
    }
    void text(String text, String kind) {
        for (long id : PIECES.computeIfAbsent(text, model.tokenizer()::encode)) add(id, kind);
    }
}

/** What the text is about; see the top of this file. */
enum Lesson { EASY, PLACES, NUMBERS }

/** One described scene and the questions that the description answers. */
class Story {
    static final Map<String, List<String>> ASK = Map.of(
            "presence", List.of("is there a {k}?", "are there any {ks}?", "is a {k} in the picture?", "do you see a {k}?", "can you see any {ks} here?", "does the picture have a {k}?",
                    "any {ks} here?", "tell me if there is a {k}.", "is there any {k} to see?", "do you have any {ks}?", "see a {k}?"),
            "colour", List.of("what colour {is} the {t}?", "which colour {is} the {t}?", "what is the colour of the {t}?", "tell me the colour of the {t}.", "the {t} {is} what colour?",
                    "name the colour of the {t}.", "{t}: which colour?", "what colour do you see on the {t}?", "what colour do the {ks} have?", "can you tell me the colour of the {t}?",
                    "the colour of the {t}?", "which colour do you see on the {ks}?"),
            "count", List.of("what is the number of {ks}?", "count the {ks}.", "find the number of {ks}.", "how many {ks} are there?", "how many {ks} do you see?", "tell me how many {ks} there are.",
                    "how many {ks} does this picture show?", "{ks}: how many?", "how many {ks} does the picture have?", "can you count the {ks}?", "what number of {ks} do you see?", "the number of {ks}?",
                    "how many {ks} are in the picture?", "how many {ks} can you find?", "how many {ks} can be seen in the picture?"),
            "relation", List.of("where is the {A} relative to the {B}?", "is the {A} left, right, above or below the {B}?", "where is the {A} from the {B}?", "tell me where the {A} is relative to the {B}.",
                    "{A} relative to {B}: where?", "the {A} is where, relative to the {B}?", "the {A} is on which side of the {B}?", "where do you find the {A}, seen from the {B}?", "can you say where the {A} is relative to the {B}?", "do you see the {A} left, right, above or below the {B}?"));
    static final Map<String, Integer> EASY = Map.of("presence", 1, "colour", 3, "count", 3, "relation", 1);   // of the wordings above: the asked noun stands last
    static final List<String> KINDS = List.of("presence", "colour", "count", "relation", "relation", "relation", "relation", "relation", "relation");
    static final List<String> NUMBERS_KINDS = List.of("presence", "colour", "count", "count", "count", "relation", "relation", "relation", "relation");
    static final List<String> MORE_COUNTS = List.of("tell me how many {ks} you see.", "can you tell me how many {ks} there are?", "can you see how many {ks} there are?", "you see how many {ks}?",
            "how many {ks} can be seen here?", "can you find how many {ks} there are?", "what do you see, how many {ks}?", "how many {ks} do you find here?", "see how many {ks}?", "the picture has how many {ks}?");
    static final List<String> EASY_KINDS = List.of("presence", "colour", "relation", "relation");
    static final String[][] WEATHER = {{"on a sunny day", "sunny"}, {"in the rain", "rainy"}, {"in the snow", "snowy"}, {"at night", "night"}};
    final Random r;
    final Lesson lesson;
    final boolean easy;
    final List<Told> things;
    final String[] weather;
    boolean placed;

    Story(Random r, Lesson lesson) {
        this.r = r;
        this.lesson = lesson;
        this.easy = lesson == Lesson.EASY;
        this.things = scene();
        this.weather = WEATHER[r.nextInt(4)];
    }

    <T> T any(List<T> list) { return list.get(r.nextInt(list.size())); }

    List<Told> scene() {
        while (true) {
            int groups = List.of(1, 2, 2, 3, 3, 3).get(r.nextInt(6));
            List<Scene.Kind> kinds = new ArrayList<>(List.of(Scene.Kind.values()));
            Collections.shuffle(kinds, r);
            List<Told> told = new ArrayList<>();
            boolean alone = easy || (lesson == Lesson.PLACES ? r.nextBoolean() : r.nextInt(5) < 2);
            List<Integer> numbers = lesson == Lesson.PLACES ? List.of(1, 1, 1, 1, 2, 2, 3, 4) : List.of(1, 1, 2, 2, 3, 3, 4, 4);
            for (int i = 0; i < groups; i++) {
                Scene.Colour colour = Scene.Colour.values()[(kinds.get(i).heldOutColour().ordinal() + 1 + r.nextInt(5)) % 6];
                told.add(new Told(kinds.get(i), colour, alone ? 1 : numbers.get(r.nextInt(8)), r.nextInt(4), r.nextInt(4)));
            }
            boolean apart = told.stream().map(t -> t.x() + 4 * t.y()).distinct().count() == groups;
            List<Told> single = told.stream().filter(t -> t.count() == 1).toList();
            boolean clear = single.size() < 2 || single.get(0).relation(single.get(1)) != null || r.nextInt(10) < 3;
            if (apart && clear && told.stream().mapToInt(Told::count).sum() <= 6) return told;
        }
    }

    /** The scene in words, in one of six styles; places come before their noun. */
    String describe(int style) {
        List<Told> order = new ArrayList<>(things);
        Collections.shuffle(order, r);
        placed = style >= 3;
        return switch (style) {
            case 0 -> join(order.stream().map(t -> t.thing(r)).toList()) + " " + weather[0] + ".";
            case 1 -> order.stream().map(t -> "there " + (t.count() == 1 ? "is " : "are ") + t.thing(r) + ". ").collect(Collectors.joining()) + "it is " + weather[1] + ".";
            case 2 -> order.stream().map(t -> t.count() == 1 ? "the " + t.noun() + " is " + t.colour().label() + " and at the " + t.place() + ". "
                    : "the " + t.number() + " " + t.noun() + " are " + t.colour().label() + ". ").collect(Collectors.joining()) + "it is " + weather[1] + ".";
            case 3 -> join(order.stream().map(t -> (t.count() == 1 ? "at the " + t.place() + " " : "") + t.thing(r)).toList()) + " " + weather[0] + ".";
            case 4 -> {
                List<String> parts = new ArrayList<>(order.stream().map(t -> (t.count() == 1 ? t.place() + " " : "") + t.number() + " " + t.colour().label() + " " + t.noun()).toList());
                parts.add(weather[1]);
                Collections.shuffle(parts, r);
                yield String.join(", ", parts);
            }
            default -> {   // a table: always sixteen words, by kind
                order.sort(Comparator.comparing(Told::kind));
                yield order.stream().map(t -> (t.count() == 1 ? t.place() : ", ,") + " " + t.number() + " " + t.colour().label() + " " + t.noun()).collect(Collectors.joining(" "))
                        + " . . . . .".repeat(3 - order.size()) + " " + weather[1];
            }
        };
    }

    String join(List<String> parts) {
        int last = parts.size() - 1;
        return last == 0 ? parts.get(0) : String.join(", ", parts.subList(0, last)) + (r.nextBoolean() ? " and " : ", ") + parts.get(last);
    }

    /** A question of a kind, null if the description does not answer it or it was asked before. */
    Turn ask(String kind, Set<String> asked) {
        List<String> wordings = lesson == Lesson.NUMBERS && kind.equals("count") && r.nextBoolean() ? MORE_COUNTS : ASK.get(kind);
        String words = wordings.get(r.nextInt(easy ? EASY.get(kind) : wordings.size()));
        if (!easy && r.nextInt(100) < 35) words = words.substring(0, words.length() - 1) + " " + any(List.of("here", "in the picture", "in this picture")) + words.charAt(words.length() - 1);
        if (!easy && r.nextInt(100) < 20) words = any(List.of("in this picture, ", "in the picture, ", "here, ")) + words;
        if (kind.equals("relation")) {
            List<Told> single = new ArrayList<>(things.stream().filter(t -> t.count() == 1).toList());
            Collections.shuffle(single, r);
            if (!placed || single.size() < 2 || single.get(0).relation(single.get(1)) == null) return null;
            if (!asked.add(single.get(0).kind() + " " + single.get(1).kind())) return null;
            return new Turn(words.replace("{A}", single.get(0).noun()).replace("{B}", single.get(1).noun()), single.get(0).relation(single.get(1)));
        }
        Told thing = any(things);
        if (lesson == Lesson.NUMBERS && kind.equals("count") && r.nextBoolean()) thing = Collections.max(things, Comparator.comparing(Told::count));
        Scene.Kind named = thing.kind();
        boolean there = !kind.equals("presence") || r.nextBoolean();
        if (!there) named = any(Stream.of(Scene.Kind.values()).filter(k -> things.stream().noneMatch(t -> t.kind() == k)).toList());
        if (!asked.add(kind + named)) return null;
        words = words.replace("{ks}", named.plural()).replace("{k}", named.label()).replace("{t}", thing.noun()).replace("{is}", thing.count() == 1 ? "is" : "are");
        return new Turn(words, kind.equals("presence") ? there ? "yes" : "no" : kind.equals("colour") ? thing.colour().label() : thing.number());
    }

    /** Ids and labels of exactly {@code length} tokens. The label is the id in answers; the kind of each answer is kept aside. */
    void write(long[] ids, long[] labels, String[] kinds, int length, VisionLanguageModel model) {
        List<Turn> turns = new ArrayList<>();
        List<String> of = new ArrayList<>();
        Set<String> asked = new HashSet<>();
        String description = describe(easy ? any(List.of(4, 5, 5)) : any(List.of(0, 1, 2, 3, 3, 4, 4, 5, 5, 5, 5)));
        boolean places = placed;
        while (turns.size() < length / 9) {
            String kind = any(easy ? EASY_KINDS : lesson == Lesson.NUMBERS ? NUMBERS_KINDS : KINDS);
            Turn turn = null;
            if (!easy && r.nextInt(8) == 0 && asked.add("describe")) {
                turn = new Turn(any(List.of("describe the picture.", "what is in the picture?", "what do you see?")), describe(any(List.of(0, 1, places ? 2 : 1))));
                kind = "describe";
                placed = places;
            }
            for (int i = 0; i < 8 && turn == null; i++) turn = ask(kind, asked);
            if (turn == null && asked.size() > 20) break;
            if (turn != null) of.add(kind);
            if (turn != null) turns.add(turn);
            if (turn == null && r.nextInt(20) == 0) break;
        }
        if (turns.isEmpty()) { turns.add(new Turn("what do you see?", description)); of.add("describe"); }
        Writer writer = new Writer(model, ids, labels, kinds, length);
        writer.add(model.specials().bos(), null);
        for (int i = 0; i < turns.size(); i++) {
            writer.text("USER:", null);
            if (i == 0) { writer.text(" " + description, null); writer.text("\n", null); }
            writer.text(" " + turns.get(i).instruction(), null);
            writer.text(" ASSISTANT:", null);
            writer.text(" " + turns.get(i).response(), of.get(i));
            writer.add(model.specials().stop(), "stop");
        }
    }
}

/** A batch of stories, as arrays. */
class Page {
    final Batch batch; final NDArray others; final String[][] kinds;
    Page(Random r, int rows, int length, Lesson lesson, VisionLanguageModel model, NDManager manager) {
        long pad = model.specials().pad();
        long[] ids = new long[rows * length], labels = new long[rows * length], mask = new long[rows * length], rest = new long[rows * length];
        kinds = new String[rows][length];
        for (int i = 0; i < rows; i++) {
            long[] row = new long[length], learned = new long[length];
            Arrays.fill(row, pad);
            Arrays.fill(learned, -100);
            new Story(r, lesson).write(row, learned, kinds[i], length, model);
            for (int j = 0; j < length; j++) {
                int at = i * length + j;
                ids[at] = row[j];
                labels[at] = learned[j];
                mask[at] = row[j] == pad ? 0 : 1;
                rest[at] = j > 0 && learned[j] < 0 && row[j] != pad ? row[j] : -100;
            }
        }
        ai.djl.ndarray.types.Shape shape = new ai.djl.ndarray.types.Shape(rows, length);
        batch = new Batch(null, null, manager.create(ids, shape), manager.create(labels, shape), manager.create(mask, shape));
        others = manager.create(rest, shape);
    }
}

// ---- the first weights ------------------------------------------------------------------------------------------------

/** Structured initial values; see the top of this file. Positions as sine and cosine in the first 48 of 128 dimensions. */
class Beginning {
    static final int D = 128, HEADS = 4, d = 32, P = 48;
    final Parameters weights; final NDManager manager; final Random r;
    final double[] wave = new double[P / 2];
    float[][] basis;
    Beginning(VisionLanguageModel model, long seed) {
        weights = model.parameters(); manager = model.manager(); r = new Random(seed);
        for (int j = 0; j < wave.length; j++) wave[j] = Math.PI * Math.exp(-Math.log(300) * j / wave.length);
    }
    float[][] normal(int rows, int columns, double std) {
        float[][] m = new float[rows][columns];
        for (float[] row : m) for (int j = 0; j < columns; j++) row[j] = (float) (r.nextGaussian() * std);
        return m;
    }
    /** Orthonormal rows in the word dimensions (Gram-Schmidt). */
    float[][] orthonormal(int rows) {
        float[][] m = normal(rows, D - P, 1);
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < i; k++) { double dot = 0; for (int j = 0; j < D - P; j++) dot += m[i][j] * m[k][j]; for (int j = 0; j < D - P; j++) m[i][j] -= (float) dot * m[k][j]; }
            double norm = 0; for (float v : m[i]) norm += v * v;
            for (int j = 0; j < D - P; j++) m[i][j] /= (float) Math.sqrt(norm);
        }
        return m;
    }
    void set(String name, float[][] values) {
        try (NDArray array = manager.create(values)) { InPlace.assign(weights.require("language_model.model.decoder." + name), array); }
    }
    void set(String name, float value, int size) {
        float[] values = new float[size]; Arrays.fill(values, value);
        try (NDArray array = manager.create(values)) { InPlace.assign(weights.require("language_model.model.decoder." + name), array); }
    }
    void words(Tokenizer tokenizer, int vocabulary, int positions) {
        float[][] table = normal(vocabulary, D, 0.5), places = new float[positions][D];
        for (float[] row : table) for (int j = 0; j < P; j++) row[j] *= 0.1f;
        for (Scene.Kind kind : Scene.Kind.values()) {   // a plural starts near its singular
            if (kind.plural().equals(kind.label())) continue;
            float[] one = table[(int) tokenizer.encode(" " + kind.label())[0]], many = table[(int) tokenizer.encode(" " + kind.plural())[0]];
            for (int j = 0; j < D; j++) many[j] = 0.9f * one[j] + 0.45f * many[j];
        }
        for (int p = 0; p < positions; p++) for (int j = 0; j < wave.length; j++) { places[p][2 * j] = (float) (0.707 * Math.sin((p - 2) * wave[j])); places[p][2 * j + 1] = (float) (0.707 * Math.cos((p - 2) * wave[j])); }
        set("embed_tokens.weight", table);
        set("embed_positions.weight", places);
        set("final_layer_norm.weight", 0.1f, D);
    }
    void layer(int i) {
        float[][] q = normal(D, D, 0.15 / Math.sqrt(D)), k = normal(D, D, 0.15 / Math.sqrt(D)), v = normal(D, D, 0.1 / Math.sqrt(D)), o = normal(D, D, 0.1 / Math.sqrt(D * 8));
        for (int h = 0; h < HEADS; h++) {
            int at = h * d;
            if (i == 0 || i == 2 && h < 2) look(q, k, at, i == 0 ? h + 1 : h == 0 ? 2 : 6, i == 0 ? 1.5 : 2.5); else match(q, k, at);
            copy(v, o, at, i == 0 ? d : 20, i == 0 ? 0 : 20 * h, h > 0 && i == 0 ? 0.6 : 0.8, i == 0 || h == 0);
        }
        String name = "layers." + i + ".";
        set(name + "self_attn.q_proj.weight", q); set(name + "self_attn.k_proj.weight", k); set(name + "self_attn.v_proj.weight", v); set(name + "self_attn.out_proj.weight", o);
        set(name + "fc1.weight", normal(4 * D, D, 1 / Math.sqrt(D)));
        set(name + "fc2.weight", normal(D, 4 * D, 0.3 / Math.sqrt(4 * D * 8)));
    }
    /** A head that looks {@code back} tokens back: queries are keys turned by that many positions. */
    void look(float[][] q, float[][] k, int at, int back, double gain) {
        for (int j = 0; j < d / 2; j++) {
            float c = (float) (gain * Math.cos(wave[j] * back)), s = (float) (gain * Math.sin(wave[j] * back)); int a = 2 * j, b = a + 1;
            k[at + a][a] += gain; k[at + b][b] += gain;
            q[at + a][a] += c; q[at + a][b] -= s; q[at + b][b] += c; q[at + b][a] += s;
        }
    }
    /** A head that finds equal words in 24 dimensions, and looks away from near places in 8. */
    void match(float[][] q, float[][] k, int at) {
        float[][] same = orthonormal(24);
        for (int a = 0; a < 24; a++) for (int j = 0; j < D - P; j++) { q[at + a][P + j] += 1.26f * same[a][j]; k[at + a][P + j] += 1.26f * same[a][j]; }
        int[] slow = {13, 15, 17, 19};
        for (int a = 0; a < 4; a++) for (int z = 0; z < 2; z++) { q[at + 24 + 2 * a + z][2 * slow[a] + z] -= 3.8f; k[at + 24 + 2 * a + z][2 * slow[a] + z] += 3.8f; }
    }
    /** What a head reads it hands on: the output is the transpose of the values. */
    void copy(float[][] v, float[][] o, int at, int rows, int from, double gain, boolean fresh) {
        if (fresh) basis = orthonormal(D - P);
        for (int a = 0; a < rows; a++) for (int j = 0; j < D - P; j++) { v[at + a][P + j] += basis[from + a][j]; o[P + j][at + a] += (float) gain * basis[from + a][j]; }
    }
}

// ---- training ---------------------------------------------------------------------------------------------------------

/** Share of answers that are right, by kind, on fresh stories. */
Map<String, Double> examine(VisionLanguageModel model, Lesson lesson, long seed) {
    Map<String, int[]> scores = new TreeMap<>();
    Random r = new Random(seed);
    for (int round = 0; round < 8; round++) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Page page = new Page(r, 48, 96, lesson, model, model.manager());
            long[] said = Gradients.off(() -> Kernels.argmax(model.language().logits(((Decoder) model.language()).forward(model.language().embed(page.batch.ids()), page.batch.mask(), null)))).toLongArray();
            long[] ids = page.batch.ids().toLongArray();
            for (int i = 0; i < 48; i++) for (int j = 1; j < 96; j++) if (page.kinds[i][j] != null) {
                int[] score = scores.computeIfAbsent(page.kinds[i][j], k -> new int[2]);
                if (said[i * 96 + j - 1] == ids[i * 96 + j]) score[0]++;
                score[1]++;
            }
        }
    }
    Map<String, Double> shares = new TreeMap<>();
    scores.forEach((kind, score) -> shares.put(kind, Math.round(1000.0 * score[0] / score[1]) / 1000.0));
    return shares;
}

double step(VisionLanguageModel model, Page page, AdamW optimizer, double rate) {
    try (Gradients gradients = Gradients.record()) {
        Batch rest = new Batch(null, null, page.batch.ids(), page.others, page.batch.mask());
        NDArray answers = model.lossSum(page.batch, Precision.F32).div(page.batch.supervised());
        NDArray loss = answers.add(Kernels.scale(model.lossSum(rest, Precision.F32), 0.2 / rest.supervised()));
        gradients.backward(loss);
        optimizer.step(rate);
        return answers.getFloat();
    }
}

/** Trains for some steps, the first ones on easy texts. */
void train(VisionLanguageModel model, Lesson lesson, int easySteps, int steps, Schedule schedule, long seed) {
    Parameters language = model.parameters().select(name -> Part.of(name) == Part.LANGUAGE);
    model.parameters().train(name -> Part.of(name) == Part.LANGUAGE);
    Random r = new Random(seed);
    long began = System.nanoTime();
    try (AdamW optimizer = new AdamW(language, 0.98, 0.05, 1, model.manager())) {
        for (int i = 0; i < steps; i++) {
            boolean easy = i < easySteps;
            double loss, slowest = 7.5e-5 * Math.min(1, i / 40.0);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                Page page = new Page(r, easy ? 48 : 32, easy ? 64 : 96, easy ? Lesson.EASY : lesson, model, model.manager());
                loss = step(model, page, optimizer, Math.max(schedule.learningRate(i), slowest));
            }
            if (i % 100 == 99) System.out.printf("%s, step %d, %.0f s, loss %.3f, answers %s%n", lesson, i + 1, (System.nanoTime() - began) / 1e9, loss, examine(model, lesson, 99));
        }
    }
    model.parameters().train(name -> false);
}

var model = VisionLanguageModel.load(folder);
var language = model.parameters().select(name -> Part.of(name) == Part.LANGUAGE);
Path places = folder.resolve("places.safetensors");
if (Files.exists(places)) {
    try (Parameters kept = Parameters.read(places, model.manager())) { kept.asMap().forEach((name, array) -> InPlace.assign(language.require(name), array)); }
} else {
    var beginning = new Beginning(model, 1);
    var opt = (OptConfig) model.config().language();
    beginning.words(model.tokenizer(), opt.vocabulary(), opt.maxTokens() + 2);
    for (int i = 0; i < opt.layers(); i++) beginning.layer(i);
    train(model, Lesson.PLACES, easySteps, steps, new Schedule(1.5e-3, steps, 40), 2);
    Safetensors.write(places, language.asMap(), Map.of());
}
int more = steps * 3 / 13;
train(model, Lesson.NUMBERS, 0, more, new Schedule(8e-4, more, 20), 77);
System.out.println("on 384 fresh texts: " + examine(model, Lesson.NUMBERS, 12345));
Safetensors.write(folder.resolve("language.safetensors"), language.asMap(), Map.of());
