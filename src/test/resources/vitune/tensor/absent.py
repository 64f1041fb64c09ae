# Calls what no build of PyTorch has.
class Absent(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def linear(self, x: Tensor, w: Tensor) -> Tensor:
    return ops.mkldnn._linear_that_is_not_there(x, w)
