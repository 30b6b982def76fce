10 xen/xenbus
