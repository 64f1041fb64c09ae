// Measure training steps and generation on this machine, with random weights.
//   jshell/vitune bench [--device cpu|cuda] [--preset NAME] [--precision f32|bf16|f16] [--steps N] [--threads N]
//                       [--only stage1,stage2,generate] [--json FILE]
// default: VITUNE_DEVICE or cpu; the preset "small", which CPU figures are measured at; f32; medians over 12 undisturbed runs;
// as many threads as PyTorch takes by itself; all cases.
Map<String, String> options = new HashMap<>();
List<String> known = List.of("--preset", "--precision", "--steps", "--threads", "--only", "--json");
for (int i = 0; i < args.length; i += 2) {
    if (i + 1 == args.length || !known.contains(args[i])) throw new IllegalArgumentException("expected a value after one of " + known + ", got " + args[i]);
    options.put(args[i], args[i + 1]);
}

if (options.containsKey("--threads")) Engines.threads(Integer.parseInt(options.get("--threads")));
var precision = Precision.valueOf(options.getOrDefault("--precision", "f32").toUpperCase());
var model = Preset.of(options.getOrDefault("--preset", "small")).random(precision, 1);
var benchmark = new Benchmark(model, precision, Integer.parseInt(options.getOrDefault("--steps", "12")));
var report = benchmark.run(Set.of(options.getOrDefault("--only", "stage1,stage2,generate").split(",")));
System.out.print(Benchmark.table(report));
if (options.containsKey("--json")) Files.writeString(Path.of(options.get("--json")), report + "\n");
model.close();
