// The paper's tables, and some of our own, run again. What has run is kept; the same command goes on.
//   jshell/vitune reproduce [--table 4,8-align] [--seeds 3] [--out FOLDER] [--work FOLDER] [--rescore | --dry-run]
//   jshell/vitune reproduce --scale real --model FOLDER [--images FOLDER] [--data FOLDER] [--captions FILE.json]
//                           [--coco FOLDER] [--bench FOLDER] [--science-qa FOLDER] ...      the judge is what OPENAI_API_KEY pays for
// default: all tables with seeds 1, 2, 3, in miniature on this machine. Tables, outcomes and replies go to --out, scenes and
// ledgers to --work, both runs/reproduce. --rescore marks the kept replies again; --dry-run says what there is and is to run.
// A table whose files are missing or damaged is named before the first one runs, and skipped.
var options = Options.of(args, "--table A,B --seeds N --out FOLDER --work FOLDER --scale NAME --model FOLDER --images FOLDER --data FOLDER --captions FILE --coco FOLDER --bench FOLDER --science-qa FOLDER --rescore --dry-run");
Path path(String option) { return options.path(option, "(no " + option + ")"); }

Path work = options.path("--work", "runs/reproduce");
Path out = options.path("--out", work.toString());
List<Long> seeds = LongStream.rangeClosed(1, options.number("--seeds", 3, 1, 1000)).boxed().toList();
List<Experiment> experiments = options.has("--table") ? options.list("--table", "", Experiment::of) : Experiment.all();
String scale = options.oneOf("--scale", "tiny", "tiny", "real");

/** The judge; a dry run asks nobody, and needs no key. */
Teacher judge() {
    boolean known = Stream.of("OPENAI_API_KEY", "OPENAI_BASE_URL").anyMatch(name -> !System.getenv().getOrDefault(name, "").isBlank());
    if (known || !options.has("--dry-run")) return Teacher.openAi();
    String model = System.getenv().getOrDefault("VITUNE_TEACHER_MODEL", "gpt-4.1-mini");
    System.out.println("judge: OPENAI_API_KEY is not set, and a run needs it; forecast for " + model);
    return Teacher.compatible("http://127.0.0.1:9/v1", model);
}
World world() {
    if (scale.equals("tiny")) return new TinyWorld(options.path("--model", "data/tiny"), work);
    var files = new RealFiles(path("--model"), path("--images"), path("--data"), path("--captions"), path("--coco"), path("--bench"), options.has("--science-qa") ? path("--science-qa") : null, work);
    return new RealWorld(files, judge());
}

void table(Reproduction reproduction, Experiment experiment) throws IOException {
    System.out.println("\n" + experiment);
    if (options.has("--dry-run")) { reproduction.plan(experiment, seeds).forEach(System.out::println); return; }
    Results results = options.has("--rescore") ? reproduction.rescore(experiment, seeds) : reproduction.run(experiment, seeds);
    if (results.outcomes().isEmpty()) { System.out.println("nothing has run yet"); return; }
    System.out.println(results.table().print());
    results.write(out);
    ResultChart.of(results).save(out.resolve(results.name() + ".png"));
}

try (World world = world()) {
    var reproduction = new Reproduction(world, out).onOutcome((place, outcome) -> System.out.println(place + "  " + outcome));
    if (options.has("--dry-run")) world.check().forEach(System.out::println);
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
