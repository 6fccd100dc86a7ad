// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * The JSON of the records that lie in a staging folder.
 *
 * <p><b>Threads.</b> The mapper is immutable in use and may be shared.
 *
 * <p><b>Errors.</b> Unknown fields are ignored (a newer agent may have written them); missing ones
 * of a primitive type, wrong types and duplicate keys are refused.
 */
public final class StagingJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private StagingJson() {}

  /** The mapper: snake_case names, strict types. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }
}
