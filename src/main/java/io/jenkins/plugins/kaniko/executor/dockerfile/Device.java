package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * One {@code RUN --device}.
 *
 * @param name a CDI device, such as {@code vendor.com/class=name}, or a class of them
 * @param required whether the build fails without it
 */
public record Device(String name, boolean required) {}
