// The paper's tables, and some of our own, run again. What has run is kept; the same command goes on.
//   jshell/vitune reproduce [--table 4,8-align] [--seeds 3] [--out FOLDER] [--work FOLDER] [--rescore | --dry-run]
//   jshell/vitune reproduce --scale real --model FOLDER [--images FOLDER] [--data FOLDER] [--captions FILE.json]
//                           [--coco FOLDER] [--bench FOLDER] [--science-qa FOLDER] ...      the judge is what OPENAI_API_KEY pays for
// default: all tables with seeds 1, 2, 3, in miniature on this machine. Tables, outcomes and replies go to --out, scenes and
// ledgers to --work, both runs/reproduce. --rescore marks the kept replies again; --dry-run says what there is and is to run.
// A table whose files are missing or damaged is named before the first one runs, and skipped.
Map<String, String> options = new HashMap<>();
List<String> known = List.of("--table", "--seeds", "--out", "--work", "--scale", "--model", "--images", "--data", "--captions", "--coco", "--bench", "--science-qa");
for (int i = 0; i < args.length; i++) {
    if (List.of("--rescore", "--dry-run").contains(args[i])) { options.put(args[i], ""); continue; }
    if (i + 1 == args.length || !known.contains(args[i])) throw new IllegalArgumentException("expected a value after one of " + known + ", or --rescore, or --dry-run; got " + args[i]);
    options.put(args[i], args[++i]);
}
Path path(String option) { return Path.of(options.getOrDefault(option, "(no " + option + ")")); }

Path work = Path.of(options.getOrDefault("--work", "runs/reproduce"));
Path out = Path.of(options.getOrDefault("--out", work.toString()));
List<Long> seeds = LongStream.rangeClosed(1, Integer.parseInt(options.getOrDefault("--seeds", "3"))).boxed().toList();
List<Experiment> experiments = options.containsKey("--table") ? Stream.of(options.get("--table").split(",")).map(Experiment::of).toList() : Experiment.all();

String scale = options.getOrDefault("--scale", "tiny");
if (!List.of("tiny", "real").contains(scale)) throw new IllegalArgumentException("expected --scale tiny or real, got " + scale);
World world() {
    if (scale.equals("tiny")) return new TinyWorld(Path.of(options.getOrDefault("--model", "data/tiny")), work);
    var files = new RealFiles(path("--model"), path("--images"), path("--data"), path("--captions"), path("--coco"), path("--bench"), options.containsKey("--science-qa") ? path("--science-qa") : null, work);
    return new RealWorld(files, Teacher.openAi());
}

void table(Reproduction reproduction, Experiment experiment) throws IOException {
    System.out.println("\n" + experiment);
    if (options.containsKey("--dry-run")) { reproduction.plan(experiment, seeds).forEach(System.out::println); return; }
    Results results = options.containsKey("--rescore") ? reproduction.rescore(experiment, seeds) : reproduction.run(experiment, seeds);
    if (results.outcomes().isEmpty()) { System.out.println("nothing has run yet"); return; }
    System.out.println(results.table().print());
    results.write(out);
    ResultChart.of(results).save(out.resolve(results.name() + ".png"));
}

try (World world = world()) {
    var reproduction = new Reproduction(world, out).onOutcome((place, outcome) -> System.out.println(place + "  " + outcome));
    if (options.containsKey("--dry-run")) world.check().forEach(System.out::println);
    List<Experiment> able = new ArrayList<>();
    Map<List<String>, List<String>> skipped = new LinkedHashMap<>();
    for (Experiment experiment : experiments) {
        List<String> obstacles = reproduction.obstacles(experiment);
        if (obstacles.isEmpty()) able.add(experiment);
        else skipped.computeIfAbsent(obstacles, some -> new ArrayList<>()).add(experiment.id());
    }
    skipped.forEach((obstacles, ids) -> System.out.println("\nskipped: " + String.join(", ", ids) + "\n  " + String.join("\n  ", obstacles)));
    for (Experiment experiment : able) table(reproduction, experiment);
}
