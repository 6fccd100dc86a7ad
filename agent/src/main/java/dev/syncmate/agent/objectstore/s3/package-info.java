// SPDX-License-Identifier: Apache-2.0
/** The object store over the S3 API, by the AWS SDK. */
@NullMarked
package dev.syncmate.agent.objectstore.s3;

import org.jspecify.annotations.NullMarked;
