package vitune.model;

import com.google.gson.JsonObject;

/**
 * T5 version 1.1 (Flan-T5): {@code model_type} {@code t5}, an encoder that reads and a decoder that writes, relative
 * positions, RMS norms, a gated feed-forward layer.
 *
 * @param vocabulary rows of the embedding table, default 32128
 * @param width of the hidden states, default 512
 * @param layers blocks of the encoder, default 6
 * @param decoderLayers blocks of the decoder, default {@code layers}
 * @param heads attention heads, default 8
 * @param headWidth numbers a head, default 64; heads need not fill the width
 * @param hidden width inside the feed-forward layer, default 2048
 * @param buckets kinds of distance that a bias is learned for, default 32
 * @param maxDistance from which all distances share a bucket, default 128
 * @param eps of the norms, default 1e-6
 * @param tied whether the head is the embedding table where no head of its own is stored, default true
 * @param scaled whether hidden states are divided by the root of the width before the head, default {@code tied}
 * @param exact whether the gate of the feed-forward layer is the exact gelu ({@code dense_act_fn} {@code gelu}, as in
 *     the released BLIP-2 and InstructBLIP), default false: its tanh form, {@code gelu_new}
 * @param start the token the decoder starts from, default the padding token, 0
 */
public record T5Config(
        int vocabulary,
        int width,
        int layers,
        int decoderLayers,
        int heads,
        int headWidth,
        int hidden,
        int buckets,
        int maxDistance,
        double eps,
        boolean tied,
        boolean scaled,
        boolean exact,
        long start)
        implements LanguageConfig {

    /** @throws IllegalArgumentException if a size is below 1, or the buckets cannot be told apart */
    public T5Config {
        Json.atLeast(1, "text vocab_size", vocabulary);
        Json.atLeast(1, "text d_model", width);
        Json.within(1, 1000, "text num_layers", layers);
        Json.within(1, 1000, "text num_decoder_layers", decoderLayers);
        Json.atLeast(1, "text num_heads", heads);
        Json.atLeast(1, "text d_kv", headWidth);
        Json.atLeast(1, "text d_ff", hidden);
        Json.atLeast(4, "text relative_attention_num_buckets", buckets);
        if (maxDistance <= buckets / 2) {
            throw Json.wrong(
                    "text relative_attention_max_distance", "be > half of the buckets, " + buckets / 2, maxDistance);
        }
        if (start < 0 || start >= vocabulary) {
            throw Json.wrong("text decoder_start_token_id", "be >= 0 and < vocab_size " + vocabulary, start);
        }
    }

    static T5Config read(JsonObject json) {
        Json.expect(json, "feed_forward_proj", "gated-gelu");
        int layers = Json.integer(json, "num_layers", 6);
        boolean tied = Json.flag(json, "tie_word_embeddings", true);
        return new T5Config(
                Json.integer(json, "vocab_size", 32128),
                Json.integer(json, "d_model", 512),
                layers,
                Json.integer(json, "num_decoder_layers", layers),
                Json.integer(json, "num_heads", 8),
                Json.integer(json, "d_kv", 64),
                Json.integer(json, "d_ff", 2048),
                Json.integer(json, "relative_attention_num_buckets", 32),
                Json.integer(json, "relative_attention_max_distance", 128),
                Json.number(json, "layer_norm_epsilon", 1e-6),
                tied,
                Json.flag(json, "scale_decoder_outputs", tied),
                Json.oneOf(json, "dense_act_fn", "gelu_new", "gelu").equals("gelu"),
                Json.integer(json, "decoder_start_token_id", Json.integer(json, "pad_token_id", 0)));
    }

    @Override
    public boolean encoderDecoder() {
        return true;
    }

    @Override
    public int maxTokens() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void writeTo(JsonObject json) {
        json.addProperty("model_type", "t5");
        json.addProperty("vocab_size", vocabulary);
        json.addProperty("d_model", width);
        json.addProperty("num_layers", layers);
        json.addProperty("num_decoder_layers", decoderLayers);
        json.addProperty("num_heads", heads);
        json.addProperty("d_kv", headWidth);
        json.addProperty("d_ff", hidden);
        json.addProperty("relative_attention_num_buckets", buckets);
        json.addProperty("relative_attention_max_distance", maxDistance);
        json.addProperty("layer_norm_epsilon", eps);
        json.addProperty("feed_forward_proj", "gated-gelu");
        json.addProperty("dense_act_fn", exact ? "gelu" : "gelu_new");
        json.addProperty("tie_word_embeddings", tied);
        json.addProperty("scale_decoder_outputs", scaled);
        json.addProperty("decoder_start_token_id", start);
    }
}
