// The paper's tables, and some of our own, run again. What has run is kept; the same command goes on.
//   jshell/vitune reproduce [--table 4,8-align] [--seeds 3] [--out FOLDER] [--work FOLDER] [--dry-run]
// default: all tables, seeds 1 to 3, in miniature on this machine; tables to runs/reproduce, scenes and replies there too.
Map<String, String> options = new HashMap<>();
List<String> known = List.of("--table", "--seeds", "--out", "--work");
for (int i = 0; i < args.length; i++) {
    if (args[i].equals("--dry-run")) { options.put(args[i], ""); continue; }
    if (i + 1 == args.length || !known.contains(args[i])) throw new IllegalArgumentException("expected a value after one of " + known + ", or --dry-run, got " + args[i]);
    options.put(args[i], args[++i]);
}

Path work = Path.of(options.getOrDefault("--work", "runs/reproduce"));
Path out = Path.of(options.getOrDefault("--out", work.toString()));
List<Long> seeds = LongStream.rangeClosed(1, Integer.parseInt(options.getOrDefault("--seeds", "3"))).boxed().toList();
List<Experiment> experiments = options.containsKey("--table") ? Stream.of(options.get("--table").split(",")).map(Experiment::of).toList() : Experiment.all();

var world = new TinyWorld(Path.of("data/tiny"), work);
var reproduction = new Reproduction(world, out).onOutcome((place, outcome) -> System.out.println(place + "  " + outcome));
for (Experiment experiment : experiments) {
    System.out.println("\n" + experiment);
    if (options.containsKey("--dry-run")) { reproduction.plan(experiment, seeds).forEach(System.out::println); continue; }
    Results results = reproduction.run(experiment, seeds);
    System.out.println(results.table().print());
}
world.close();
