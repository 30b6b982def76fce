/*
 * Copyright (c) 2026 helenos-pv authors
 * All rights reserved.
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions
 * are met:
 *
 * - Redistributions of source code must retain the above copyright
 *   notice, this list of conditions and the following disclaimer.
 * - Redistributions in binary form must reproduce the above copyright
 *   notice, this list of conditions and the following disclaimer in the
 *   documentation and/or other materials provided with the distribution.
 * - The name of the author may not be used to endorse or promote products
 *   derived from this software without specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE AUTHOR ``AS IS'' AND ANY EXPRESS OR
 * IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES
 * OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED.
 * IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY DIRECT, INDIRECT,
 * INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT
 * NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
 * DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY
 * THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
 * (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
 * THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */

/** @addtogroup virtio-net
 * @{
 */
/**
 * @file
 * @brief Frame buffers
 *
 * Chunks of 64 KiB: a ring's buffers in one piece would be 2 MiB of contiguous
 * memory, one page each would be hundreds of address space areas.
 */

#include <assert.h>
#include <errno.h>
#include "virtio-net.h"

#define CHUNK_SIZE	(VNET_CHUNK_BUFS * VNET_BUF_SIZE)

/** Give a pool a number of buffers, while the device does not use it.
 *
 * @param net   Device, reset
 * @param pool  Pool; its buffers' contents are lost if the number changes
 * @param count Buffers, not more than VNET_BUFS_MAX
 *
 * @return EOK or ENOMEM, the pool is empty then
 */
errno_t vnet_pool_resize(vnet_t *net, vnet_pool_t *pool, size_t count)
{
	assert(count <= VNET_BUFS_MAX);

	if (pool->count == count)
		return EOK;

	vnet_pool_free(net, pool);
	for (size_t i = 0; i * VNET_CHUNK_BUFS < count; i++) {
		errno_t rc = virtio_dma_alloc(net->vdev, CHUNK_SIZE,
		    &pool->chunk[i]);
		if (rc != EOK) {
			vnet_pool_free(net, pool);
			return rc;
		}
	}

	pool->count = count;
	return EOK;
}

/** Empty a pool; one that is empty already is fine. */
void vnet_pool_free(vnet_t *net, vnet_pool_t *pool)
{
	for (size_t i = 0; i < VNET_BUFS_MAX / VNET_CHUNK_BUFS; i++)
		virtio_dma_free(net->vdev, &pool->chunk[i]);
	pool->count = 0;
}

/** @}
 */
