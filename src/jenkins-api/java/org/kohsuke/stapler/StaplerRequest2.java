package org.kohsuke.stapler;

import net.sf.json.JSONObject;

public interface StaplerRequest2 {
  void bindJSON(Object bean, JSONObject json);
}
