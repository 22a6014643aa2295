package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * A word of an instruction.
 *
 * @param text the word
 * @param at where it begins in the logical line
 */
record Token(String text, int at) {}
