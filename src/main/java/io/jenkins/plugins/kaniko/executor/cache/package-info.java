/**
 * What one agent keeps between builds: verified blobs and extracted layers, and a private directory
 * for each build that is running.
 */
package io.jenkins.plugins.kaniko.executor.cache;
