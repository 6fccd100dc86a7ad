// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The same profile in another order: keys of objects, shards, versions of maps. */
final class Shuffled {
  private Shuffled() {}

  /** A copy; pairs of a size and a digest keep their order. */
  static JsonNode of(JsonNode node, Random random) {
    if (node.isObject()) {
      List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(node.properties());
      Collections.shuffle(fields, random);
      ObjectNode shuffled = JsonNodeFactory.instance.objectNode();
      fields.forEach(field -> shuffled.set(field.getKey(), of(field.getValue(), random)));
      return shuffled;
    }
    if (node.isArray()) {
      List<JsonNode> items = new ArrayList<>();
      node.forEach(item -> items.add(of(item, random)));
      if (items.stream().noneMatch(JsonNode::isNumber)) {
        Collections.shuffle(items, random);
      }
      ArrayNode shuffled = JsonNodeFactory.instance.arrayNode();
      return shuffled.addAll(items);
    }
    return node;
  }
}
