// Generate instruction data from pictures with captions and boxes. The teacher is the built-in one unless OPENAI_API_KEY or
// OPENAI_BASE_URL is set. Stop it, and the same command goes on where it was.
//   jshell/vitune generate [COCO-FOLDER [OUT [USD]]]        default: scenes drawn into runs/scenes, runs/generated.json (or
//   .jsonl, .parquet), no cap
Path folder = args.length > 0 ? Path.of(args[0]) : ClipArt.draw(Path.of("runs/scenes"), 1000, 7, Pairs.TUNING);
Path out = Path.of(args.length > 1 ? args[1] : "runs/generated.json");
var pictures = Coco.read(folder);
var generator = new InstructionGenerator(Teacher.ofEnvironment(), Path.of("runs/ledger.db"));
if (args.length > 2) generator = generator.withCap(Double.parseDouble(args[2]));
System.out.println(generator.forecast(pictures, CONVERSATION, DETAILED_DESCRIPTION, COMPLEX_REASONING));
var bar = Progress.of("replies", 0);
generator.onProgress(p -> bar.at(p.done(), p.total(), p.note()));
var data = generator.generate(pictures, CONVERSATION, DETAILED_DESCRIPTION, COMPLEX_REASONING);
data.write(out, folder);
System.out.println(data + ", " + generator.rejected().rowCount() + " rejected; written to " + out);
generator.close();
