package io.jenkins.plugins.kaniko.executor.context;

/**
 * One file that a COPY or ADD source stands for.
 *
 * @param name what it is called when it is copied into a directory: the last component as the
 *     source or the matched file spells it, even where that is a symlink; empty for the root of the
 *     context
 * @param entry the file itself; where the name is a symlink, what it leads to
 */
public record SourceMatch(String name, ContextEntry entry) {}
