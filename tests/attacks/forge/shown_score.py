"""Shows scores above the maximum, as results and as messages of other cells."""

from IPython.display import display

kernel = get_ipython().kernel
for number in range(5):
    display(1e9)
    content = {"data": {"text/plain": "1e9"}, "metadata": {}, "execution_count": number}
    kernel.session.send(kernel.iopub_socket, "execute_result", content, parent=kernel.get_parent())
1e9
