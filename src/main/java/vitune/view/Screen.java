package vitune.view;

/** Where things are shown. */
interface Screen {
    /** Shows something, once. */
    void show(Shown shown);

    /** Whether a place in the output can be rewritten; if not, only its last state should be shown. */
    boolean rewrites();

    /** Shows something at a place of its own, the first time, or in that place again. */
    void show(String place, Shown shown, boolean again);

    /** The notebook if one runs, else files under the folder for things shown. */
    static Screen current() {
        Screen notebook = Notebook.running();
        return notebook != null ? notebook : Folder.standard();
    }
}
