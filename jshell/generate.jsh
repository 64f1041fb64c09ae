// Generate instruction data from pictures with captions and boxes. Stop it, and the same command goes on where it was.
//   jshell/vitune generate [--coco DIR] [--types A,B] [--teacher builtin|openai] [--base-url URL] [--model NAME]
//                          [--limit PICTURES] [--cap USD] [--ledger FILE.db] [--out FILE.json|.jsonl|.parquet] [--batch]
// default: scenes drawn into runs/scenes; the three types of the paper; the built-in teacher, unless OPENAI_API_KEY or
// OPENAI_BASE_URL is set; all pictures; no cap; runs/ledger.db; runs/generated.json. At the cap, what is finished is written,
// and the exit code is 1.
Map<String, String> options = new HashMap<>();
List<String> known = List.of("--coco", "--types", "--teacher", "--base-url", "--model", "--limit", "--cap", "--ledger", "--out");
for (int i = 0; i < args.length; i++) {
    boolean batch = args[i].equals("--batch");
    if (!batch && (i + 1 == args.length || !known.contains(args[i]))) throw new IllegalArgumentException("expected --batch, or a value after one of " + known + "; got " + args[i]);
    options.put(args[i], batch ? "" : args[++i]);
}

/** The teacher that the options name, or else the environment. */
Teacher teacher() {
    String name = options.getOrDefault("--teacher", options.containsKey("--base-url") || options.containsKey("--model") ? "openai" : "");
    if (name.isEmpty()) return Teacher.ofEnvironment();
    if (name.equals("builtin")) return Teacher.builtIn();
    if (!name.equals("openai")) throw new IllegalArgumentException("--teacher must be builtin or openai, got " + name);
    return Teacher.openAi(System.getenv("OPENAI_API_KEY"), options.getOrDefault("--base-url", System.getenv("OPENAI_BASE_URL")), options.getOrDefault("--model", System.getenv("VITUNE_TEACHER_MODEL")));
}

Path folder = options.containsKey("--coco") ? Path.of(options.get("--coco")) : ClipArt.draw(Path.of("runs/scenes"), 1000, 7, Pairs.TUNING);
Path out = Path.of(options.getOrDefault("--out", "runs/generated.json"));
ResponseType[] types = Stream.of(options.getOrDefault("--types", "conversation,detailed description,complex reasoning").split(",")).map(ResponseType::of).toArray(ResponseType[]::new);
var pictures = Coco.read(folder).stream().limit(Long.parseLong(options.getOrDefault("--limit", "" + Long.MAX_VALUE))).toList();
var generator = new InstructionGenerator(teacher(), Path.of(options.getOrDefault("--ledger", "runs/ledger.db")));
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
