10 xen/vif
