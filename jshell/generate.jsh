// Generate instruction data from pictures with captions and boxes. Stop it, and the same command goes on where it was.
//   jshell/vitune generate [--coco DIR] [--types A,B] [--teacher builtin|openai] [--base-url URL] [--key-variable NAME]
//                          [--model NAME] [--limit PICTURES] [--cap USD] [--prices FILE.csv] [--ledger FILE.db]
//                          [--out FILE.json|.jsonl|.parquet] [--batch]
// default: scenes drawn into runs/scenes; the three types of the paper; the built-in teacher, unless OPENAI_API_KEY or
// OPENAI_BASE_URL is set; all pictures; no cap; data/prices.csv; runs/ledger.db; runs/generated.json. Keys are read from the
// environment: OPENAI_API_KEY, or with --base-url the variable that --key-variable names, if any. At the cap, what is finished is
// written, and the exit code is 1.
var options = Options.of(args, "--coco DIR --types A,B --teacher NAME --base-url URL --key-variable NAME --model NAME --limit PICTURES --cap USD --prices FILE.csv --ledger FILE.db --out FILE --batch");

/** The teacher that the options name, or else the environment. */
Teacher teacher() {
    String name = options.oneOf("--teacher", Stream.of("--base-url", "--key-variable", "--model").anyMatch(options::has) ? "openai" : "", "builtin", "openai");
    if (name.isEmpty()) return Teacher.ofEnvironment();
    if (name.equals("builtin")) return Teacher.builtIn();
    String model = options.text("--model", System.getenv("VITUNE_TEACHER_MODEL"));
    Options.require(options.has("--base-url") || !options.has("--key-variable"), "--key-variable needs --base-url");
    if (!options.has("--base-url")) return model == null ? Teacher.openAi() : Teacher.openAi(model);
    Options.require(model != null, "--base-url needs --model, the name of the model there");
    String url = options.text("--base-url", ""), key = options.text("--key-variable", null);
    return key == null ? Teacher.compatible(url, model) : Teacher.compatible(url, model, key);
}

Path out = options.path("--out", "runs/generated.json");
InstructionSet.requireWritable(out);
var types = options.list("--types", "conversation,detailed description,complex reasoning", ResponseType::of).toArray(new ResponseType[0]);
int limit = options.number("--limit", Integer.MAX_VALUE, 1, Integer.MAX_VALUE);
var generator = new InstructionGenerator(teacher(), options.path("--ledger", "runs/ledger.db"));
if (options.has("--prices")) generator = generator.withPrices(Prices.read(options.path("--prices")));
if (options.has("--cap")) generator = generator.withCap(options.amount("--cap"));
if (options.has("--batch")) generator = generator.withBatch();
Path folder = options.has("--coco") ? options.path("--coco") : ClipArt.draw(Path.of("runs/scenes"), 1000, 7, Pairs.TUNING);
var pictures = Coco.read(folder).stream().limit(limit).toList();
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
int rejected = generator.rejected().rowCount();
generator.close();
if (data.size() > 0) {
    data.write(out, folder);
    System.out.println(data + ", " + rejected + " rejected; written to " + out);
}
if (cut != null) throw cut;
if (data.size() == 0) throw new IllegalArgumentException("no sample came of " + pictures.size() + " pictures, " + rejected + " rejected; nothing is written to " + out);
