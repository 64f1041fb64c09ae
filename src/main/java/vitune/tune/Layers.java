package vitune.tune;

import java.util.ArrayList;
import java.util.List;
import vitune.model.ClipConfig;
import vitune.model.EvaConfig;
import vitune.model.LlamaConfig;
import vitune.model.MlpConfig;
import vitune.model.OptConfig;
import vitune.model.Part;
import vitune.model.QFormerConfig;
import vitune.model.T5Config;
import vitune.model.VisionConfig;

/**
 * The layers of a model, one by one, as a micro-batch goes through them: the arithmetic of {@code EvaEncoder},
 * {@code ClipEncoder}, {@code QFormer}, {@code OptDecoder}, {@code LlamaDecoder} and {@code T5}.
 */
record Layers(List<LayerTally> vision, List<LayerTally> connector, List<LayerTally> language) {

    static Layers of(Workload work, int pictures) {
        List<LayerTally> vision = vision(work, pictures);
        boolean seen = work.part(Part.VISION).learns();
        List<LayerTally> connector = connector(work, seen);
        boolean connected = seen || work.part(Part.CONNECTOR).learns();
        return new Layers(vision, connector, language(work, connected));
    }

    /** The layers of a part. */
    List<LayerTally> of(Part part) {
        return switch (part) {
            case VISION -> vision;
            case CONNECTOR -> connector;
            case LANGUAGE -> language;
        };
    }

    private static List<LayerTally> vision(Workload work, long pictures) {
        VisionConfig c = work.config().vision();
        long positions = c.patches() + 1;
        long n = pictures * positions;
        long d = c.width();
        int blocks = c instanceof ClipConfig clip ? clip.runs() : c.layers();
        List<LayerTally> layers = new ArrayList<>();
        LayerTally patches = new LayerTally(work.part(Part.VISION), work.compute(), false);
        layers.add(patches.linear(pictures * c.patches(), 3L * c.patch() * c.patch(), d)
                .make(2 * n * d));
        boolean flows = patches.flows();
        for (int i = 0; i < blocks; i++) {
            LayerTally layer = new LayerTally(work.part(Part.VISION), work.compute(), flows);
            layer.reads(n * d).norm(n * d);
            if (c instanceof EvaConfig) layer.linear(n, d, 3 * d);
            else layer.linear(n, d, d, d, d);
            layer.attention(pictures, positions, positions, c.heads(), d)
                    .kept(n, d, d)
                    .make(n * d)
                    .norm(n * d)
                    .linear(n, d, c.hidden())
                    .keep(n * c.hidden()); // gelu keeps its input
            if (c instanceof ClipConfig clip && clip.quick()) layer.keep(n * c.hidden()); // and the sigmoid
            layer.linear(n, c.hidden(), d)
                    .make(n * d)
                    .work(2 * n * c.hidden() * work.compute().bytes());
            layers.add(layer);
        }
        return layers;
    }

    private static List<LayerTally> connector(Workload work, boolean flows) {
        long in = work.config().vision().width();
        long out = work.config().language().width();
        long seen = work.config().vision().features();
        LayerTally last = new LayerTally(
                work.part(Part.CONNECTOR),
                work.compute(),
                flows || work.config().connector() instanceof QFormerConfig);
        if (!(work.config().connector() instanceof QFormerConfig c)) {
            long rows = (long) work.pictures() * work.config().queries();
            last.linear(rows, in, out);
            if (work.config().connector() instanceof MlpConfig)
                last.keep(rows * out).linear(rows, out, out);
            return List.of(last);
        }
        List<LayerTally> layers = new ArrayList<>();
        boolean learns = work.part(Part.CONNECTOR).learns();
        for (int i = 0; i < c.layers(); i++) {
            LayerTally layer = new LayerTally(work.part(Part.CONNECTOR), work.compute(), flows || learns);
            long pictures = work.pictures();
            long text = c.text() == null ? 0 : work.tokens(); // at most: the instructions alone
            long d = c.width();
            long all = pictures * (c.queries() + text);
            long n = pictures * c.queries();
            layer.reads(all * d)
                    .linear(all, d, d, d, d)
                    .attention(pictures, c.queries() + text, c.queries() + text, c.heads(), d)
                    .kept(all, d, d)
                    .make(all * d)
                    .norm(all * d);
            if (c.looks(i)) {
                layer.linear(n, d, d)
                        .kept(pictures * seen, in, d, d) // what the encoder saw is one array for all layers
                        .attention(pictures, c.queries(), seen, c.heads(), d)
                        .kept(n, d, d)
                        .make(n * d)
                        .norm(n * d);
            }
            layer.linear(all, d, c.hidden())
                    .keep(all * c.hidden())
                    .linear(all, c.hidden(), d)
                    .make(all * d)
                    .norm(all * d)
                    .work(2 * all * c.hidden() * work.compute().bytes());
            layers.add(layer);
        }
        layers.add(last.linear((long) work.pictures() * c.queries(), c.width(), out));
        return layers;
    }

    private static List<LayerTally> language(Workload work, boolean connected) {
        boolean flows = connected || work.part(Part.LANGUAGE).trained();
        List<LayerTally> layers = new ArrayList<>();
        int blocks = work.config().language().layers();
        for (int i = 0; i < blocks; i++) {
            LayerTally layer = new LayerTally(work.part(Part.LANGUAGE), work.compute(), flows);
            if (work.config().language() instanceof OptConfig opt) opt(layer, opt, work);
            if (work.config().language() instanceof LlamaConfig llama) llama(layer, llama, work);
            if (work.config().language() instanceof T5Config t5) t5(layer, t5, work, false);
            layers.add(layer);
            flows = layer.flows();
        }
        if (work.config().language() instanceof T5Config t5) {
            for (int i = 0; i < t5.decoderLayers(); i++) {
                LayerTally layer = new LayerTally(work.part(Part.LANGUAGE), work.compute(), flows);
                t5(layer, t5, work, true);
                layers.add(layer);
            }
        }
        return layers;
    }

    private static void opt(LayerTally layer, OptConfig c, Workload work) {
        long n = (long) work.rows() * work.tokens();
        long d = c.width();
        layer.reads(n * d)
                .norm(n * d)
                .linear(n, d, d, d, d)
                .attention(work.rows(), work.tokens(), work.tokens(), c.heads(), d)
                .kept(n, d, d)
                .make(n * d)
                .norm(n * d)
                .linear(n, d, c.hidden())
                .keep(n * c.hidden()) // relu's result, which the next layer reads
                .kept(n, c.hidden(), d)
                .make(n * d)
                .work(2 * n * c.hidden() * work.compute().bytes());
    }

    private static void llama(LayerTally layer, LlamaConfig c, Workload work) {
        long n = (long) work.rows() * work.tokens();
        long d = c.width();
        long q = (long) c.heads() * c.headWidth();
        long k = (long) c.keyHeads() * c.headWidth();
        layer.reads(n * d)
                .rmsNorm(n * d)
                .linear(n, d, q, k, k)
                .make(3 * n * (q + k)) // halves, turned and joined
                .make(c.keyHeads() == c.heads() ? 0 : 2 * n * q)
                .attention(work.rows(), work.tokens(), work.tokens(), c.heads(), q)
                .kept(n, q, d)
                .make(n * d)
                .rmsNorm(n * d)
                .linear(n, d, c.hidden(), c.hidden())
                .keep(n * c.hidden()) // the gate, before silu
                .keep(n * c.hidden()) // silu's result
                .hold(n * c.hidden()) // what it gates
                .linear(n, c.hidden(), d)
                .make(n * d)
                .work(4 * n * c.hidden() * work.compute().bytes());
    }

    private static void t5(LayerTally layer, T5Config c, Workload work, boolean decoder) {
        long length = decoder ? Math.max(1, work.supervised() / work.rows()) : work.tokens();
        long n = work.rows() * length;
        long d = c.width();
        long q = (long) c.heads() * c.headWidth();
        layer.reads(n * d)
                .rmsNorm(n * d)
                .linear(n, d, q, q, q)
                .attention(work.rows(), length, length, c.heads(), q)
                .kept(n, q, d)
                .make(n * d);
        if (decoder) {
            layer.rmsNorm(n * d)
                    .linear(n, d, q)
                    .kept((long) work.rows() * work.tokens(), d, q, q)
                    .attention(work.rows(), length, work.tokens(), c.heads(), q)
                    .kept(n, q, d)
                    .make(n * d);
        }
        layer.rmsNorm(n * d)
                .linear(n, d, c.hidden(), c.hidden())
                .keep(n * c.hidden())
                .keep(n * c.hidden())
                .hold(n * c.hidden())
                .linear(n, c.hidden(), d)
                .make(n * d)
                .work(4 * n * c.hidden() * work.compute().bytes());
    }
}
