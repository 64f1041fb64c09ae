// Look at instruction data: a gallery, its composition, a table.
//   jshell/vitune look [DATA.json IMAGE-FOLDER]        default: what generate.jsh wrote
var options = Options.of(args, "DATA.json IMAGE-FOLDER");
Path json = options.path("DATA.json", "runs/generated.json");
Path images = options.path("IMAGE-FOLDER", "runs/scenes");
var data = LlavaJson.read(json, images);
System.out.println(data.table().first(12).print());
System.out.println(Gallery.of(data.sample(Math.min(8, data.size()), 7)).save(Path.of("runs/gallery.png")));
System.out.println(CompositionChart.of(data).save(Path.of("runs/composition.png")));
