package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Programs of others that have to accept every image: skopeo and umoci. */
final class Judges {
  private Judges() {}

  /**
   * Copies the image to an OCI layout and a docker-archive, and unpacks it. An image whose base has
   * zstd layers is only inspected: there they are not understood.
   */
  static void accept(String image, FlatImage flat) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("kaniko-build-judges");
    try {
      String source = "docker://" + image;
      assertThat(
              Commands.must(
                      "skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", source)
                  .strip())
          .isEqualTo(flat.digest());
      if (flat.manifest().toString().contains("zstd")) {
        return;
      }
      String layout = directory + "/oci:it";
      Commands.must("skopeo", "copy", "-q", "--src-tls-verify=false", source, "oci:" + layout);
      Commands.must("skopeo", "copy", "-q", "oci:" + layout, "docker-archive:" + directory + "/t");
      unpack(layout, directory.resolve("bundle"));
    } finally {
      TestUsers.delete(directory);
    }
  }

  /** Unpacks an image of an OCI layout with umoci. */
  static void unpack(String layoutAndTag, Path bundle) throws IOException, InterruptedException {
    if (TestUsers.current().uid() == 0) {
      Commands.must("umoci", "unpack", "--image", layoutAndTag, bundle.toString());
    } else {
      Commands.must("umoci", "unpack", "--rootless", "--image", layoutAndTag, bundle.toString());
    }
  }
}
