/**
 * The drawers: what a picture holds ({@link vitune.data.ImageContext}), what is asked and answered about it ({@link
 * vitune.data.InstructionSample}), and the readers and writers of the formats that hold them (COCO, LLaVA
 * JSON, JSON lines, Parquet, VQA, ScienceQA). What is asked to measure a model is a {@link vitune.data.Question}, read
 * from the files of a benchmark ({@link vitune.data.Pope} and others) or made from boxes. Files larger than memory are read and written as streams, {@link
 * vitune.data.CaptionFilter} balances captions by what they name, {@link vitune.data.Mixture} mixes sets by ratio.
 * Whoever has no pictures at hand draws some: {@link vitune.data.ClipArt} makes a tiny world in which every box is
 * exact. Bad data never passes silently: a {@link vitune.data.DataException} names the file, the row and the field.
 */
@NullMarked
package vitune.data;

import org.jspecify.annotations.NullMarked;
