package vitune.view;

import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import javax.swing.ImageIcon;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.SwingUtilities;

/**
 * JShell and scripts: text and tables are printed, pictures and pages become numbered files in a folder, one line
 * tells where; where there is a desktop, a picture also opens in a window.
 *
 * @param folder made when the first file is written
 */
record Folder(Path folder, PrintStream out) implements Screen {
    /** {@code runs/shown}, or what the system property {@code vitune.shown} names. */
    static Folder standard() {
        return new Folder(Path.of(System.getProperty("vitune.shown", "runs/shown")), System.out);
    }

    @Override
    public void show(Shown shown) {
        switch (shown.mime()) {
            case Shown.PNG -> {
                byte[] png = Base64.getDecoder().decode(shown.data());
                write(png, "png", shown.text());
                window(png, shown.text());
            }
            case Shown.HTML -> {
                if (shown.text().contains("\n")) {
                    out.println(shown.text()); // a table reads well as text
                } else {
                    write(Report.page("VITune", shown.data()).getBytes(StandardCharsets.UTF_8), "html", shown.text());
                }
            }
            default -> out.println(shown.text());
        }
    }

    @Override
    public boolean rewrites() {
        return false;
    }

    @Override
    public void show(String place, Shown shown, boolean again) {
        show(shown);
    }

    private void write(byte[] content, String extension, String text) {
        try {
            Files.createDirectories(folder);
            int number = 1;
            while (Files.exists(file(number, "png")) || Files.exists(file(number, "html"))) number++;
            Path file = Files.write(file(number, extension), content);
            out.println(text + " -> " + file);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing could be written to " + folder, e);
        }
    }

    private Path file(int number, String extension) {
        return folder.resolve(String.format(Locale.ROOT, "%03d.%s", number, extension));
    }

    private static void window(byte[] png, String title) {
        if (!GraphicsEnvironment.isHeadless()) {
            SwingUtilities.invokeLater(() -> {
                JFrame frame = new JFrame(title);
                frame.add(new JLabel(new ImageIcon(png)));
                frame.pack();
                frame.setLocationByPlatform(true);
                frame.setVisible(true);
            });
        }
    }
}
