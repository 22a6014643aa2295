package org.kohsuke.stapler;

import java.util.List;
import net.sf.json.JSONObject;

public interface StaplerRequest2 {
  <T> List<T> bindJSONToList(Class<T> type, Object json);

  void bindJSON(Object bean, JSONObject json);
}
