package org.jenkinsci.plugins.structs.describable;

import java.util.Map;

public interface CustomDescribableModel {
  default Map<String, Object> customInstantiate(Map<String, Object> arguments) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  default UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable description) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
