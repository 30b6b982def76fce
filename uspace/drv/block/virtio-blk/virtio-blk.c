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

/** @addtogroup virtio-blk
 * @{
 */
/**
 * @file
 * @brief Virtio block device driver: devices and clients
 */

#include <ddf/log.h>
#include <errno.h>
#include <inttypes.h>
#include <mem.h>
#include <stdio.h>
#include <str_error.h>
#include "virtio-blk.h"

static vblk_t *from_bd(bd_srv_t *bd)
{
	return bd->srvs->sarg;
}

static errno_t vblk_bd_open(bd_srvs_t *bds, bd_srv_t *bd)
{
	return EOK;
}

static errno_t vblk_bd_close(bd_srv_t *bd)
{
	return EOK;
}

static errno_t vblk_bd_read_blocks(bd_srv_t *bd, aoff64_t ba, size_t cnt,
    void *buf, size_t size)
{
	vblk_t *blk = from_bd(bd);

	if (cnt > size / blk->block_size)
		return EINVAL;

	/* The client gets all of the buffer, which is fresh from the heap */
	memset((uint8_t *) buf + cnt * blk->block_size, 0,
	    size - cnt * blk->block_size);
	return vblk_transfer(blk, ba, cnt, buf, NULL);
}

static errno_t vblk_bd_write_blocks(bd_srv_t *bd, aoff64_t ba, size_t cnt,
    const void *buf, size_t size)
{
	vblk_t *blk = from_bd(bd);

	if (cnt > size / blk->block_size)
		return EINVAL;

	return vblk_transfer(blk, ba, cnt, NULL, buf);
}

/** The device flushes all or nothing. */
static errno_t vblk_bd_sync_cache(bd_srv_t *bd, aoff64_t ba, size_t cnt)
{
	return vblk_flush(from_bd(bd));
}

static errno_t vblk_bd_get_block_size(bd_srv_t *bd, size_t *rsize)
{
	*rsize = from_bd(bd)->block_size;
	return EOK;
}

/** Number of blocks, as the device has it now. */
static errno_t vblk_bd_get_num_blocks(bd_srv_t *bd, aoff64_t *rnb)
{
	vblk_t *blk = from_bd(bd);

	fibril_mutex_lock(&blk->lock);
	vblk_settle(blk);
	if (blk->phase == VBLK_RUNNING) {
		blk->look = true;
		vblk_check(blk);
	}
	errno_t rc = blk->phase == VBLK_RUNNING ? EOK : EIO;
	*rnb = blk->nblocks;
	fibril_mutex_unlock(&blk->lock);
	return rc;
}

static bd_ops_t vblk_bd_ops = {
	.open = vblk_bd_open,
	.close = vblk_bd_close,
	.read_blocks = vblk_bd_read_blocks,
	.write_blocks = vblk_bd_write_blocks,
	.sync_cache = vblk_bd_sync_cache,
	.get_block_size = vblk_bd_get_block_size,
	.get_num_blocks = vblk_bd_get_num_blocks
};

/** A client has connected. */
static void vblk_connection(ipc_call_t *icall, void *arg)
{
	vblk_t *blk = ddf_dev_data_get(ddf_fun_get_dev(arg));

	(void) bd_conn(icall, &blk->bds);
}

/** Get the memory that requests need. */
static errno_t alloc_slots(vblk_t *blk)
{
	errno_t rc = virtio_dma_alloc(blk->vdev,
	    VBLK_SLOTS * sizeof(vblk_header_t), &blk->headers);
	for (size_t i = 0; i < VBLK_SLOTS && rc == EOK; i++) {
		rc = virtio_dma_alloc(blk->vdev, VBLK_DATA_MAX,
		    &blk->slots[i].data);
	}
	return rc;
}

/** Give everything back, in reverse order. The device is reset. */
static void vblk_fini(vblk_t *blk)
{
	for (size_t i = VBLK_SLOTS; i > 0; i--)
		virtio_dma_free(blk->vdev, &blk->slots[i - 1].data);
	virtio_dma_free(blk->vdev, &blk->headers);
	virtio_close(blk->vdev);
	blk->vdev = NULL;
}

/** Bring a device up.
 *
 * @return EOK; on error nothing is left behind
 */
static errno_t vblk_init(vblk_t *blk, ddf_dev_t *dev)
{
	errno_t rc = virtio_open(dev, VIRTIO_ID_BLOCK, &blk->vdev);
	if (rc != EOK)
		return rc;

	rc = alloc_slots(blk);
	if (rc != EOK)
		goto err_fini;

	rc = virtio_irq_enable(blk->vdev, vblk_irq, blk);
	blk->has_irq = rc == EOK;
	if (rc == ENOENT) {
		ddf_msg(LVL_WARN, "%s: device has no interrupt and is polled",
		    blk->name);
	} else if (rc != EOK) {
		goto err_fini;
	}

	fibril_mutex_lock(&blk->lock);
	rc = vblk_start(blk);
	fibril_mutex_unlock(&blk->lock);
	if (rc != EOK)
		goto err_irq;

	return EOK;

err_irq:
	virtio_irq_disable(blk->vdev);
err_fini:
	vblk_fini(blk);
	return rc;
}

/** Stop the device for good; clients' requests fail from now on. */
static void vblk_shutdown(vblk_t *blk)
{
	fibril_mutex_lock(&blk->lock);
	vblk_stop(blk);
	fibril_mutex_unlock(&blk->lock);
}

/** The reverse of vblk_init(), with clients still making requests. */
static void vblk_detach(vblk_t *blk)
{
	vblk_shutdown(blk);
	virtio_irq_disable(blk->vdev);

	/* Who has a slot may still have to copy data from it */
	fibril_mutex_lock(&blk->lock);
	while (blk->taken_count > 0)
		fibril_condvar_wait(&blk->slot_cv, &blk->lock);
	fibril_mutex_unlock(&blk->lock);

	vblk_fini(blk);
}

static void init_state(vblk_t *blk, ddf_dev_t *dev)
{
	blk->name = ddf_dev_get_name(dev);
	blk->phase = VBLK_FAILED;
	fibril_mutex_initialize(&blk->lock);
	fibril_condvar_initialize(&blk->slot_cv);
	for (size_t i = 0; i < VBLK_SLOTS; i++)
		fibril_condvar_initialize(&blk->slots[i].cv);

	bd_srvs_init(&blk->bds);
	blk->bds.ops = &vblk_bd_ops;
	blk->bds.sarg = blk;
}

static errno_t vblk_dev_add(ddf_dev_t *dev)
{
	/*
	 * A client keeps its session, and with it the function and the device,
	 * after the removal: this lives until the last one hangs up.
	 */
	vblk_t *blk = ddf_dev_data_alloc(dev, sizeof(vblk_t));
	if (blk == NULL)
		return ENOMEM;
	init_state(blk, dev);

	errno_t rc = vblk_init(blk, dev);
	if (rc != EOK)
		goto err;

	rc = ENOMEM;
	blk->fun = ddf_fun_create(dev, fun_exposed, "disk0");
	if (blk->fun == NULL)
		goto err_init;
	ddf_fun_set_conn_handler(blk->fun, vblk_connection);

	rc = ddf_fun_bind(blk->fun);
	if (rc != EOK)
		goto err_fun;

	rc = ddf_fun_add_to_category(blk->fun, "disk");
	if (rc != EOK)
		goto err_bind;

	ddf_msg(LVL_NOTE, "%s: %s virtio block device, %" PRIu64 " blocks of "
	    "%zu bytes%s", blk->name,
	    virtio_is_legacy(blk->vdev) ? "legacy" : "modern", blk->nblocks,
	    blk->block_size, blk->read_only ? ", read-only" : "");
	return EOK;

err_bind:
	(void) ddf_fun_unbind(blk->fun);
err_fun:
	ddf_fun_destroy(blk->fun);
err_init:
	vblk_detach(blk);
err:
	if (rc != ENOENT) {
		ddf_msg(LVL_ERROR, "%s: cannot add device: %s", blk->name,
		    str_error(rc));
	}
	return rc;
}

/** The device is gone: take it out of the system. */
static errno_t vblk_dev_gone(ddf_dev_t *dev)
{
	vblk_t *blk = ddf_dev_data_get(dev);

	errno_t rc = ddf_fun_unbind(blk->fun);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: cannot unbind function: %s", blk->name,
		    str_error(rc));
		return rc;
	}

	vblk_detach(blk);
	ddf_msg(LVL_NOTE, "%s: removed", blk->name);
	ddf_fun_destroy(blk->fun);
	return EOK;
}

/** The device is to go: what was written shall stay. */
static errno_t vblk_dev_remove(ddf_dev_t *dev)
{
	(void) vblk_flush(ddf_dev_data_get(dev));
	return vblk_dev_gone(dev);
}

/** Reboot: the device must not write to memory any more. */
static errno_t vblk_dev_quiesce(ddf_dev_t *dev)
{
	vblk_t *blk = ddf_dev_data_get(dev);

	(void) vblk_flush(blk);
	vblk_shutdown(blk);
	return EOK;
}

static driver_ops_t vblk_driver_ops = {
	.dev_add = vblk_dev_add,
	.dev_remove = vblk_dev_remove,
	.dev_gone = vblk_dev_gone,
	.dev_quiesce = vblk_dev_quiesce
};

static driver_t vblk_driver = {
	.name = NAME,
	.driver_ops = &vblk_driver_ops
};

int main(int argc, char *argv[])
{
	printf(NAME ": HelenOS virtio block device driver\n");

	(void) ddf_log_init(NAME);
	return ddf_driver_main(&vblk_driver);
}

/** @}
 */
