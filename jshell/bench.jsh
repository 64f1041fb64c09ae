// Measure training steps and generation on this machine, with random weights.
//   jshell/vitune bench [--device cpu|cuda] [--preset NAME] [--precision f32|bf16|f16] [--steps N] [--threads N]
//                       [--only stage1,stage2,generate] [--json FILE]
// default: VITUNE_DEVICE or cpu; the preset "small", which CPU figures are measured at; f32; medians over 12 undisturbed runs;
// as many threads as PyTorch takes by itself; all cases.
var options = Options.of(args, "--preset NAME --precision NAME --steps N --threads N --only CASES --json FILE");
if (options.has("--threads")) Engines.threads(options.number("--threads", 1, 1, 1024));
var precision = Precision.valueOf(options.oneOf("--precision", "f32", "f32", "bf16", "f16").toUpperCase());
var model = Preset.of(options.text("--preset", "small")).random(precision, 1);
var benchmark = new Benchmark(model, precision, options.number("--steps", 12, 1, 100_000));
var report = benchmark.run(Set.copyOf(options.list("--only", "stage1,stage2,generate", word -> word)));
System.out.print(Benchmark.table(report));
if (options.has("--json")) Files.writeString(options.path("--json"), report + "\n");
model.close();
