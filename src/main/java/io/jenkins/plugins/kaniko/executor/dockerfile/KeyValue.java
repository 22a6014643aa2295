package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * One pair of ENV or LABEL.
 *
 * @param key the name; still to be expanded, as the value is
 * @param value the value with its quotes and escapes until it is expanded
 */
public record KeyValue(String key, String value) {}
