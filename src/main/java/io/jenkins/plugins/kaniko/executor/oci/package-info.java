/** Data of the OCI image-spec. */
package io.jenkins.plugins.kaniko.executor.oci;
