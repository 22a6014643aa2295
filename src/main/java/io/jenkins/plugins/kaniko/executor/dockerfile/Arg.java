package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Optional;

/**
 * One name that ARG declares.
 *
 * @param name the variable
 * @param defaultValue the value without a {@code --build-arg}; empty where ARG gives only the name
 */
public record Arg(String name, Optional<String> defaultValue) {}
