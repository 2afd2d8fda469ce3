# Which machine this is. Changes nothing.
identity
say end
