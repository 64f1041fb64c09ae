// Pretraining, 1 of 5: the tokenizer and the sizes of the tiny model.
//   jshell/vitune pretrain/1_tokenizer.jsh [FOLDER]        default runs/pretrain; a few seconds
// A byte-level BPE, lower case, in which each word of the tiny world is one token; any other text falls apart into bytes,
// so nothing is unknown. The words come from captions, from what the built-in teacher writes, and from the questions.

Path folder = Files.createDirectories(Path.of(args.length > 0 ? args[0] : "runs/pretrain"));

/** All texts that the tiny world knows: captions, instructions, responses, questions. */
List<String> texts(Path folder) throws Exception {
    List<String> texts = new ArrayList<>();
    ClipArt.scenes(3000, 1, Pairs.TUNING).forEach(scene -> texts.addAll(scene.captions()));
    List<ImageContext> few = Coco.read(ClipArt.draw(folder.resolve("scenes"), 400, 1, Pairs.TUNING));
    try (var generator = new InstructionGenerator(Teacher.builtIn(), folder.resolve("ledger.db"))) {
        for (InstructionSample sample : generator.generate(few, CONVERSATION, DETAILED_DESCRIPTION, COMPLEX_REASONING, SUMMARY, COMPARISON)) {
            sample.turns().forEach(turn -> texts.addAll(List.of(turn.instruction(), turn.response())));
        }
    }
    Questions.ask(few, 60, 1).forEach(question -> texts.add(question.text()));
    texts.add("is there an orange, or one two three four, a an the, but");
    texts.add(String.join(" ", Stream.of(Scene.Kind.values()).map(kind -> kind.label() + " " + kind.plural()).toList()));
    return texts;
}

/** GPT-2's bytes as printable characters. */
String printable(int b) {
    boolean plain = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE && b <= 0xFF;
    return String.valueOf((char) (plain ? b : 256 + (b < '!' ? b : b < 0xA1 ? b - '~' - 1 + 33 : 67)));
}

/** Words with their leading space, as they stand in text: " car" is Ġcar. */
Set<String> words(List<String> texts) {
    Set<String> words = new TreeSet<>();
    Pattern pieces = Pattern.compile("\\p{L}+|\\p{N}+|[^\\s\\p{L}\\p{N}]+");
    for (String text : texts) {
        Matcher matcher = pieces.matcher(text.toLowerCase(Locale.ROOT));
        while (matcher.find()) words.add("Ġ" + matcher.group());
    }
    return words;
}

/** Byte-pair merges that make each word one token, the most frequent pair first. */
List<String[]> merges(Set<String> words) {
    List<List<String>> open = new ArrayList<>();
    for (String word : words) open.add(new ArrayList<>(List.of(word.split(""))));
    List<String[]> merges = new ArrayList<>();
    while (true) {
        Map<String, Integer> pairs = new TreeMap<>();
        for (List<String> word : open) for (int i = 1; i < word.size(); i++) pairs.merge(word.get(i - 1) + " " + word.get(i), 1, Integer::sum);
        if (pairs.isEmpty()) return merges;
        String best = Collections.max(pairs.entrySet(), Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.<String, Integer>comparingByKey().reversed())).getKey();
        String[] pair = best.split(" ");
        merges.add(pair);
        for (List<String> word : open) {
            for (int i = 1; i < word.size(); i++) {
                if (word.get(i - 1).equals(pair[0]) && word.get(i).equals(pair[1])) {
                    word.set(i - 1, pair[0] + pair[1]);
                    word.remove(i);
                }
            }
        }
    }
}

/** {@code tokenizer.json} as Hugging Face's tokenizers reads it. The two roles are one token each. */
String tokenizerJson(List<String[]> merges) {
    String[] special = {"<s>", "<pad>", "</s>", "<image>", "USER:", "ASSISTANT:"};
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    List<Map<String, Object>> added = new ArrayList<>();
    for (String token : special) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", vocabulary.size());
        entry.put("content", token);
        entry.put("single_word", false);
        entry.put("lstrip", token.endsWith(":"));
        entry.put("rstrip", false);
        entry.put("normalized", false);
        entry.put("special", !token.endsWith(":"));
        added.add(entry);
        vocabulary.put(token, vocabulary.size());
    }
    for (int b = 0; b < 256; b++) vocabulary.put(printable(b), vocabulary.size());
    for (String[] pair : merges) vocabulary.put(pair[0] + pair[1], vocabulary.size());
    Map<String, Object> level = new TreeMap<>(Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true, "use_regex", true));   // ordered: the same bytes each time
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("type", "BPE");
    model.put("vocab", vocabulary);
    model.put("merges", merges.stream().map(pair -> pair[0] + " " + pair[1]).toList());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", "1.0");
    json.put("added_tokens", added);
    json.put("normalizer", Map.of("type", "Lowercase"));
    json.put("pre_tokenizer", level);
    json.put("decoder", level);
    json.put("model", model);
    return new com.google.gson.GsonBuilder().disableHtmlEscaping().create().toJson(json);
}

var merges = merges(words(texts(folder)));
Files.writeString(folder.resolve("tokenizer.json"), tokenizerJson(merges));
Files.writeString(folder.resolve("tokenizer_config.json"), """
        {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "</s>", "eos_token": "</s>", "pad_token": "<pad>"}
        """);
var tokenizer = Tokenizer.read(folder);

// The sizes: 2.6 million weights in all. Source: the layout of BLIP-2 with OPT, a hundred to a thousand times smaller.
int vocabulary = (6 + 256 + merges.size() + 63) / 64 * 64;
var config = new ModelConfig(
        new EvaConfig(96, 12, 128, 4, 4, 512, 1e-6, 0.02),
        new QFormerConfig(13, 128, 3, 4, 512, 1, 1e-12, null, 0.02),
        new OptConfig(vocabulary, 128, 4, 4, 512, 192, 0.02),
        tokenizer.id("<image>"), ChatTemplate.v1().withBos(true));
var model = VisionLanguageModel.random(config, tokenizer, 1);
model.save(folder);
System.out.println(vocabulary + " tokens; " + model);
System.out.println(Arrays.toString(tokenizer.encode("USER: How many red cars are there? ASSISTANT:")));
