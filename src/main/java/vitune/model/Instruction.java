package vitune.model;

import ai.djl.ndarray.NDArray;

/**
 * What a connector reads beside the picture: the words of the instruction, by a tokenizer of its own.
 *
 * @param ids [N, Ti], a row a picture
 * @param mask [N, Ti], 1 for a token, 0 for padding
 */
public record Instruction(NDArray ids, NDArray mask) {}
