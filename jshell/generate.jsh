// Generate instruction data from pictures with captions and boxes. Stop it, and the same command goes on where it was.
//   jshell/vitune generate [--coco DIR] [--types A,B] [--teacher builtin|openai] [--base-url URL] [--key-variable NAME]
//                          [--model NAME] [--limit PICTURES] [--cap USD] [--prices FILE.csv] [--ledger FILE.db]
//                          [--out FILE.json|.jsonl|.parquet] [--batch]
// default: scenes drawn into runs/scenes; the three types of the paper; the built-in teacher, unless OPENAI_API_KEY or
// OPENAI_BASE_URL is set; all pictures; no cap; data/prices.csv; runs/ledger.db; runs/generated.json. Keys are read from the
// environment: OPENAI_API_KEY, or with --base-url the variable that --key-variable names, if any. At the cap, what is finished is
// written, and the exit code is 1.
Map<String, String> options = new HashMap<>();
List<String> known = List.of("--coco", "--types", "--teacher", "--base-url", "--key-variable", "--model", "--limit", "--cap", "--prices", "--ledger", "--out");
for (int i = 0; i < args.length; i++) {
    boolean batch = args[i].equals("--batch");
    if (!batch && (i + 1 == args.length || !known.contains(args[i]))) throw new IllegalArgumentException("expected --batch, or a value after one of " + known + "; got " + args[i]);
    options.put(args[i], batch ? "" : args[++i]);
}

/** The teacher that the options name, or else the environment. */
Teacher teacher() {
    String name = options.getOrDefault("--teacher", Stream.of("--base-url", "--key-variable", "--model").anyMatch(options::containsKey) ? "openai" : "");
    if (name.isEmpty()) return Teacher.ofEnvironment();
    if (name.equals("builtin")) return Teacher.builtIn();
    if (!name.equals("openai")) throw new IllegalArgumentException("--teacher must be builtin or openai, got " + name);
    String model = options.containsKey("--model") ? options.get("--model") : System.getenv("VITUNE_TEACHER_MODEL");
    if (options.containsKey("--key-variable") && !options.containsKey("--base-url")) throw new IllegalArgumentException("--key-variable needs --base-url");
    if (!options.containsKey("--base-url")) return model == null ? Teacher.openAi() : Teacher.openAi(model);
    if (model == null) throw new IllegalArgumentException("--base-url needs --model, the name of the model there");
    String key = options.get("--key-variable");
    return key == null ? Teacher.compatible(options.get("--base-url"), model) : Teacher.compatible(options.get("--base-url"), model, key);
}

Path folder = options.containsKey("--coco") ? Path.of(options.get("--coco")) : ClipArt.draw(Path.of("runs/scenes"), 1000, 7, Pairs.TUNING);
Path out = Path.of(options.getOrDefault("--out", "runs/generated.json"));
ResponseType[] types = Stream.of(options.getOrDefault("--types", "conversation,detailed description,complex reasoning").split(",")).map(ResponseType::of).toArray(ResponseType[]::new);
var pictures = Coco.read(folder).stream().limit(Long.parseLong(options.getOrDefault("--limit", "" + Long.MAX_VALUE))).toList();
var generator = new InstructionGenerator(teacher(), Path.of(options.getOrDefault("--ledger", "runs/ledger.db")));
if (options.containsKey("--prices")) generator = generator.withPrices(Prices.read(Path.of(options.get("--prices"))));
if (options.containsKey("--cap")) generator = generator.withCap(Double.parseDouble(options.get("--cap")));
if (options.containsKey("--batch")) generator = generator.withBatch();
System.out.println(generator.forecast(pictures, types));
var bar = Progress.of("replies", 0);
generator.onProgress(p -> bar.at(p.done(), p.total(), p.note()));
InstructionSet data = null;
CapReachedException cut = null;
try {
    data = generator.generate(pictures, types);
} catch (CapReachedException e) {
    cut = e;
    data = generator.finished(pictures, types);
}
data.write(out, folder);
System.out.println(data + ", " + generator.rejected().rowCount() + " rejected; written to " + out);
generator.close();
if (cut != null) throw cut;
