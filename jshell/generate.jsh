// Generate instruction data from pictures with captions and boxes. The teacher is the built-in one unless OPENAI_API_KEY or
// OPENAI_BASE_URL is set.
//   jshell/vitune generate [COCO-FOLDER [OUT.json]]        default: scenes drawn into runs/scenes, runs/generated.json
Path folder = args.length > 0 ? Path.of(args[0]) : ClipArt.draw(Path.of("runs/scenes"), 1000, 7, Pairs.TUNING);
Path out = Path.of(args.length > 1 ? args[1] : "runs/generated.json");
var pictures = Coco.read(folder);
var generator = new InstructionGenerator(Teacher.ofEnvironment(), Path.of("runs/ledger.db"));
System.out.println(generator.forecast(pictures, CONVERSATION, DETAILED_DESCRIPTION, COMPLEX_REASONING));
var data = generator.generate(pictures, CONVERSATION, DETAILED_DESCRIPTION, COMPLEX_REASONING);
LlavaJson.write(out, folder, data);
System.out.println(data + ", " + generator.rejected().rowCount() + " rejected; written to " + out);
generator.close();
