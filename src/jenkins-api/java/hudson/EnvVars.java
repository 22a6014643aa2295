package hudson;

import java.util.Map;
import java.util.TreeMap;

public class EnvVars extends TreeMap<String, String> {
  public EnvVars() {
    super(String.CASE_INSENSITIVE_ORDER);
  }

  public EnvVars(Map<String, String> values) {
    this();
    putAll(values);
  }

  public String expand(String text) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
