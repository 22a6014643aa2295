package net.sf.json;

import java.util.Collection;

public final class JSONObject {
  public static JSONObject fromObject(Object source) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public boolean has(String key) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public Object opt(String key) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public JSONObject element(String key, Collection<?> values) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public Object remove(String key) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
