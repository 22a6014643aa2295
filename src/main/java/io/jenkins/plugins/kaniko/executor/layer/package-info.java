/**
 * Layers as the OCI image-spec defines them: tar streams that add, change and (by whiteouts) delete
 * paths. This package writes and reads them in one pass, with both digests, and answers questions
 * about a stack of layers without extracting it.
 */
package io.jenkins.plugins.kaniko.executor.layer;
